package runtime

import "github.com/rnnrun/rnnrun/kernels"

// A search is a beam search. It does not run the decoders. Its caller calls
// begin; then, for each step, consider for every live hypothesis, choose, and
// share; and finally finish.
type search struct {
	beam, steps int
	live        []hypothesis // after the last step, the most probable first
	next        []hypothesis // after this step
	candidates  []hypothesis // for next, the most probable first
	top         []int32
	trace       []link       // [steps][beam]: what was live after each step
	done        []hypothesis // the best that ended, and then the best that did not, at most beam
	ended       int          // how many hypotheses ended
	busy        []bool       // by decoder
	copies      []stateCopy
	found       []Translation
	tokens      []int32 // of found: [beam][steps]
}

// A hypothesis is the beginning of a translation, or a whole one.
type hypothesis struct {
	token          int32
	parent         int // index of the live hypothesis that token continues
	decoder        int
	logProbability float32
	step           int     // if done, its last step
	score          float32 // if done
	ended          bool    // if done
}

type link struct {
	token  int32
	parent int32
}

// A stateCopy copies the state of one decoder to another.
type stateCopy struct{ from, to int }

func newSearch(beam, steps, tokens int) search {
	return search{
		beam:       beam,
		steps:      steps,
		live:       make([]hypothesis, 0, beam),
		next:       make([]hypothesis, 0, beam),
		candidates: make([]hypothesis, 0, 2*beam),
		top:        make([]int32, 0, min(beam+1, tokens)),
		trace:      make([]link, beam*steps),
		done:       make([]hypothesis, 0, beam+1),
		busy:       make([]bool, beam),
		copies:     make([]stateCopy, 0, beam),
		found:      make([]Translation, 0, beam),
		tokens:     make([]int32, beam*steps),
	}
}

// begin starts with one hypothesis: decoder 0 reads the start token.
func (s *search) begin(start int32) {
	s.live = append(s.live[:0], hypothesis{token: start})
	s.next, s.candidates, s.done, s.ended = s.next[:0], s.candidates[:0], s.done[:0], 0
}

// consider adds the candidates that continue live hypothesis i, from the logits
// and the probabilities y of its last step. The log-probability of a token is
//
//	(logit - the greatest logit) + log(the greatest probability)
//
// Among equals, the earlier hypothesis comes first, and then the lower token. A
// hypothesis whose probabilities are NaN is not continued.
func (s *search) consider(i int, logits, y []float32) {
	top := s.greatest(logits)
	if len(top) == 0 {
		return
	}
	greatest, log := logits[top[0]], kernels.Log(y[top[0]])
	for _, token := range top {
		p := s.live[i].logProbability + ((logits[token] - greatest) + log)
		if p != p {
			return
		}
		last := len(s.candidates) - 1
		if len(s.candidates) < cap(s.candidates) {
			s.candidates = append(s.candidates, hypothesis{})
			last++
		} else if p <= s.candidates[last].logProbability {
			return
		}
		for ; last > 0 && s.candidates[last-1].logProbability < p; last-- {
			s.candidates[last] = s.candidates[last-1]
		}
		s.candidates[last] = hypothesis{token: token, parent: i, logProbability: p}
	}
}

// greatest returns the tokens of the greatest logits, descending: one more than
// the beam has hypotheses, since one of them may be the end token.
func (s *search) greatest(logits []float32) []int32 {
	top, least := s.top[:0], float32(0) // least is the smallest logit of top
	for i, v := range logits {
		switch full := len(top) == cap(top); {
		case full && !(v > least), v != v:
			continue
		case !full:
			top = append(top, 0)
		}
		at := len(top) - 1
		for ; at > 0 && logits[top[at-1]] < v; at-- {
			top[at] = top[at-1]
		}
		top[at] = int32(i)
		least = logits[top[len(top)-1]]
	}
	return top
}

// choose makes the best candidates the next live hypotheses. The end token ends
// a hypothesis if it is among the first candidates, as many as the beam has
// hypotheses.
func (s *search) choose(step int, end int32) {
	s.next = s.next[:0]
	for rank, c := range s.candidates {
		switch {
		case c.token == end && rank < s.beam:
			s.add(c, step, true)
			s.ended++
		case c.token != end && len(s.next) < s.beam:
			s.trace[step*s.beam+len(s.next)] = link{c.token, int32(c.parent)}
			s.next = append(s.next, c)
		}
	}
	s.candidates = s.candidates[:0]
}

// share assigns a decoder to each next hypothesis: to the first one of a parent
// the parent's decoder, and to the others a free decoder, to which the state
// must be copied. It returns these copies, and makes the next hypotheses live.
func (s *search) share() []stateCopy {
	clear(s.busy)
	s.copies = s.copies[:0]
	for i := range s.next {
		h := &s.next[i]
		h.decoder = s.live[h.parent].decoder
		if s.busy[h.decoder] {
			s.copies = append(s.copies, stateCopy{from: h.decoder, to: i}) // to is known below
		}
		s.busy[h.decoder] = true
	}
	free := 0
	for i := range s.copies {
		c := &s.copies[i]
		for s.busy[free] {
			free++
		}
		s.busy[free] = true
		s.next[c.to].decoder = free
		c.to = free
	}
	s.live, s.next = s.next, s.live[:0]
	return s.copies
}

// add adds a hypothesis to those that are done.
func (s *search) add(h hypothesis, step int, ended bool) {
	h.step, h.ended, h.score = step, ended, h.logProbability/float32(step+1)
	at := len(s.done)
	s.done = append(s.done, hypothesis{})
	for ; at > 0 && h.better(&s.done[at-1]); at-- {
		s.done[at] = s.done[at-1]
	}
	s.done[at] = h
	s.done = s.done[:min(len(s.done), s.beam)]
}

// over reports whether the search has ended: as many hypotheses as the beam has
// have ended, and the best of them is at least as good as the best live one so
// far.
func (s *search) over(step int) bool {
	return s.ended >= s.beam && s.done[0].score >= s.next[0].logProbability/float32(step+1)
}

// better reports whether h is a better translation than one that was found
// earlier.
func (h *hypothesis) better(than *hypothesis) bool {
	if h.ended != than.ended {
		return h.ended
	}
	return h.score > than.score
}

// finish sets found. step is the last one.
func (s *search) finish(step int) {
	if s.ended < s.beam {
		for _, h := range s.next {
			s.add(h, step, false)
		}
	}
	s.found = s.found[:0]
	for i, h := range s.done {
		n := h.step
		if !h.ended {
			n++
		}
		tokens := s.tokens[i*s.steps:][:n:n]
		if !h.ended {
			tokens[h.step] = h.token
		}
		for at, parent := h.step-1, h.parent; at >= 0; at-- {
			l := s.trace[at*s.beam+parent]
			tokens[at], parent = l.token, int(l.parent)
		}
		s.found = append(s.found, Translation{Tokens: tokens, LogProbability: h.logProbability, Score: h.score, Ended: h.ended})
	}
}
