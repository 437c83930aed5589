package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"

	beamlog "github.com/apache/beam/sdks/v2/go/pkg/beam/log"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// levels are the values of --log.
var levels = map[string]slog.Level{"off": slog.LevelError + 1000, "error": slog.LevelError, "warn": slog.LevelWarn, "info": slog.LevelInfo, "debug": slog.LevelDebug}

// setLog writes what Beam logs, from this level on, to w: prism logs with slog, and the
// SDK with its own logger.
func setLog(name string, w io.Writer) error {
	level, ok := levels[name]
	if !ok {
		return cli.Usagef("--log %s: give off, error, warn, info or debug", name)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})))
	log.SetFlags(0) // slog adds the time to what log passes to it
	beamlog.SetLogger(sdkLog{})
	return nil
}

// An sdkLog logs with slog.
type sdkLog struct{}

func (sdkLog) Log(ctx context.Context, severity beamlog.Severity, _ int, text string) {
	level := slog.LevelInfo
	switch {
	case severity >= beamlog.SevError:
		level = slog.LevelError
	case severity == beamlog.SevWarn:
		level = slog.LevelWarn
	case severity == beamlog.SevDebug:
		level = slog.LevelDebug
	}
	slog.Log(ctx, level, fmt.Sprintf("[SDK] %s", text))
}
