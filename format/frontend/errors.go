package frontend

import (
	"errors"
	"fmt"
)

// ErrSpecification: a front end is not described right, or does not exist.
// ErrModel: a model cannot stand behind the front end.
var (
	ErrSpecification = errors.New("the front end")
	ErrModel         = errors.New("the model does not fit the front end")
)

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w %s", ErrSpecification, fmt.Sprintf(format, args...))
}

func misfit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrModel, fmt.Sprintf(format, args...))
}
