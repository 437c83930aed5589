package frontend

import (
	"errors"
	"fmt"
)

// ErrSpecification: the description of a front end is wrong, or the front end
// does not exist. ErrModel: a model cannot follow the front end.
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
