package main

import (
	"fmt"
	"strings"
)

// checkFilter refuses what is no filter of topics.
func checkFilter(filter string) error {
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		last := i == len(levels)-1
		if filter == "" || strings.ContainsAny(level, "+#") && level != "+" && !(level == "#" && last) {
			return fmt.Errorf("%.80q is no filter: + stands for a level of a topic, and # for all at its end", filter)
		}
	}
	return nil
}

// checkTopic refuses a topic to publish to that has wildcards.
func checkTopic(flag, topic string) error {
	if strings.ContainsAny(topic, "+#\x00") {
		return fmt.Errorf("%s %.80q: a topic has no + and no #; {topic} stands for that of the message", flag, topic)
	}
	return nil
}

// matches reports whether a filter has a topic.
func matches(filter, topic string) bool {
	f, t := strings.Split(filter, "/"), strings.Split(topic, "/")
	if strings.HasPrefix(topic, "$") && (f[0] == "+" || f[0] == "#") {
		return false
	}
	for i, level := range f {
		switch {
		case level == "#":
			return true
		case i == len(t) || level != "+" && level != t[i]:
			return false
		}
	}
	return len(f) == len(t)
}

// answerTopic returns where the answer to a message of a topic goes; false: there it would
// be a message to answer.
func (v *config) answerTopic(topic string) (string, bool) {
	to := strings.ReplaceAll(v.publish, "{topic}", topic)
	for _, filter := range v.subscribe {
		if matches(filter, to) {
			return to, false
		}
	}
	return to, true
}
