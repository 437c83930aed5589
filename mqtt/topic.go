package main

import (
	"fmt"
	"strings"
)

// checkFilter refuses an invalid topic filter.
func checkFilter(filter string) error {
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		last := i == len(levels)-1
		if filter == "" || strings.ContainsAny(level, "+#") && level != "+" && !(level == "#" && last) {
			return fmt.Errorf("%.80q is not a topic filter: + must stand for a whole level, and # for all levels at the end", filter)
		}
	}
	return nil
}

// checkTopic refuses a topic with wildcards, to which nothing can be published.
func checkTopic(flag, topic string) error {
	if strings.ContainsAny(topic, "+#\x00") {
		return fmt.Errorf("%s %.80q: the topic must not have + or #; {topic} stands for the topic of the message", flag, topic)
	}
	return nil
}

// matches reports whether a filter matches a topic.
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

// answerTopic returns the topic of the answer to a message; false: that topic is
// subscribed to, so the answer would be answered again.
func (v *config) answerTopic(topic string) (string, bool) {
	to := strings.ReplaceAll(v.publish, "{topic}", topic)
	for _, filter := range v.subscribe {
		if matches(filter, to) {
			return to, false
		}
	}
	return to, true
}
