package main

import (
	"testing"

	"github.com/rnnrun/rnnrun/internal/childtest"
)

func TestMain(m *testing.M) { childtest.Main(m, main) }
