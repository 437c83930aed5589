import { answering, element, make } from "./panel.js";

/** Classifies a review while it is written. */
export function review(shelf) {
	const text = element("review-text");
	const answer = element("review-answer");
	answering("review", text, answer, async () => {
		const model = await shelf.get("sentiment-ko");
		answer.ariaBusy = "false";
		if (text.value.trim() === "") {
			answer.replaceChildren(make("p", "Write something", { className: "verdict" }));
			return;
		}
		const { label, probability, probabilities } = await model.classify(text.value);
		const verdict = make("p", `${label[0].toUpperCase()}${label.slice(1)} `, { className: "verdict" });
		verdict.append(make("small", `${(100 * probability).toFixed(1)} % sure`));
		answer.replaceChildren(verdict);
		element("review-needle").style.left = `${100 * probabilities[1]}%`;
	});
}
