import { element } from "./panel.js";

const names = ["sentiment-ko", "g2p-en", "shakespeare", "vad"];

/** Replays the golden inputs of every model, and says whether the bits are the author's. */
export function verify(shelf) {
	const button = element("verify");
	const status = element("verified");
	button.addEventListener("click", async () => {
		if (button.ariaDisabled === "true") {
			return;
		}
		button.ariaDisabled = "true"; // disabled, it would lose the focus of the keyboard
		const verified = [];
		try {
			for (const name of names) {
				status.textContent = `Verifying ${name}…`;
				const model = await shelf.get(name);
				await model.verify();
				verified.push(`${name} ✓`);
			}
			status.textContent = `Bit for bit what the authors’ machine gave: ${verified.join(", ")}`;
		} catch (error) {
			status.textContent = error.message;
		}
		button.ariaDisabled = "false";
	});
}
