import { answering, element, make } from "./panel.js";

// The phonemes of ARPABET: the symbol of the International Phonetic Alphabet, and an example.
const sounds = {
	AA: ["ɑ", "father"], AE: ["æ", "cat"], AH: ["ʌ", "hut"], AO: ["ɔ", "law"], AW: ["aʊ", "cow"], AY: ["aɪ", "hide"],
	B: ["b", "be"], CH: ["tʃ", "cheese"], D: ["d", "day"], DH: ["ð", "the"], EH: ["ɛ", "red"], ER: ["ɝ", "bird"],
	EY: ["eɪ", "ate"], F: ["f", "fee"], G: ["ɡ", "green"], HH: ["h", "he"], IH: ["ɪ", "it"], IY: ["i", "eat"],
	JH: ["dʒ", "gee"], K: ["k", "key"], L: ["l", "lee"], M: ["m", "me"], N: ["n", "knee"], NG: ["ŋ", "ping"],
	OW: ["oʊ", "oat"], OY: ["ɔɪ", "toy"], P: ["p", "pea"], R: ["ɹ", "read"], S: ["s", "sea"], SH: ["ʃ", "she"],
	T: ["t", "tea"], TH: ["θ", "theta"], UH: ["ʊ", "hood"], UW: ["u", "two"], V: ["v", "vee"], W: ["w", "we"],
	Y: ["j", "yield"], Z: ["z", "zee"], ZH: ["ʒ", "seizure"],
};

/** Shows the phonemes of a word while it is written. */
export function words(shelf) {
	const word = element("word");
	const answer = element("word-answer");
	answering("word", word, answer, async () => {
		const model = await shelf.get("g2p-en");
		if (word.value.trim() === "") {
			answer.replaceChildren(make("p", "Write a word", { className: "verdict" }));
			return;
		}
		const [best, ...others] = await model.translate(word.value.trim(), { beam: 4 });
		if (!best) {
			throw new Error("the model finds no phonemes for this word");
		}
		const list = make("ol", "", { className: "sounds" });
		list.append(...best.text.split(" ").map(sound));
		const spoken = others.map(({ text }) => `/${phonetic(text)}/`).join("  ");
		answer.replaceChildren(list, make("p", `Less likely: ${spoken}`, { className: "others" }));
	});
}

function sound(name) {
	const [sign, example] = sounds[name] ?? [name, ""];
	const item = make("li", "");
	item.append(make("b", sign), make("span", example && `as in ${example}`));
	item.title = name;
	return item;
}

function phonetic(text) {
	return text
		.split(" ")
		.map((name) => sounds[name]?.[0] ?? name)
		.join("");
}
