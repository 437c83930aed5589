/**
 * Calls draw(context, width, height) to draw a canvas when its size or the theme changes, and
 * when the returned function is called. Several changes within a frame are drawn only once.
 */
export function keepDrawn(canvas, draw) {
	let waiting = false;
	const redraw = () => {
		if (!waiting) {
			waiting = true;
			requestAnimationFrame(() => {
				waiting = false;
				const { clientWidth: width, clientHeight: height } = canvas;
				draw(fitted(canvas, width, height), width, height);
			});
		}
	};
	new ResizeObserver(redraw).observe(canvas);
	addEventListener("themechange", redraw);
	return redraw;
}

// fitted clears a canvas and sets its size to the pixels that it has on the screen.
function fitted(canvas, width, height) {
	const scale = devicePixelRatio;
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext("2d");
	context.scale(scale, scale);
	return context;
}
