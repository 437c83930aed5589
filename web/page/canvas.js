/**
 * Has draw(context, width, height) draw in a canvas when its size or the theme changes, and
 * when the function that this gives is called. The changes within a frame are drawn at once.
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

// fitted gives a canvas, emptied, as many pixels as the screen has in its place.
function fitted(canvas, width, height) {
	const scale = devicePixelRatio;
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext("2d");
	context.scale(scale, scale);
	return context;
}
