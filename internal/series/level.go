package series

import "io"

// Level returns a reader that makes r's sequences equally long, in steps of width numbers:
// it pads shorter ones with zeros before or behind their steps, and keeps only the last
// steps of longer ones. It first reads a sequence to its end.
func Level(r Reader[float32], steps, width int, behind bool) Reader[float32] {
	return &levelReader{Reader: r, steps: steps, size: steps * width, behind: behind}
}

type levelReader struct {
	Reader[float32]
	steps  int // steps in a sequence
	size   int // numbers in a sequence
	behind bool
	begun  bool
	have   []float32 // numbers of the sequence that are still unread
}

func (l *levelReader) Layout() Layout {
	layout := l.Reader.Layout()
	layout.Steps = l.steps
	return layout
}

func (l *levelReader) Next() error {
	l.begun, l.have = false, nil
	return l.Reader.Next()
}

func (l *levelReader) Read(dst []float32) (int, error) {
	if !l.begun {
		if err := l.fill(); err != nil {
			return 0, err
		}
		l.begun = true
	}
	n := copy(dst, l.have)
	l.have = l.have[n:]
	if len(l.have) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// fill reads the sequence. After a step that cannot be read, another call continues.
func (l *levelReader) fill() error {
	for {
		have := len(l.have)
		if have >= 2*l.size {
			have = copy(l.have, l.have[have-l.size:])
		}
		l.have = append(l.have[:have], make([]float32, l.size)...)
		n, err := l.Reader.Read(l.have[have:])
		l.have = l.have[:have+n]
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	if extra := len(l.have) - l.size; extra > 0 {
		l.have = l.have[extra:]
		return nil
	}
	zeros := make([]float32, l.size-len(l.have))
	if l.behind {
		l.have = append(l.have, zeros...)
	} else {
		l.have = append(zeros, l.have...)
	}
	return nil
}
