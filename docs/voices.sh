#!/bin/sh
# voices.sh FOLDER writes the ten English digits as WAV files, FOLDER/DIGIT_VOICE_NUMBER.wav,
# spoken by the voices of espeak-ng and, if it is there, of flite: more speakers to train on.
# It always writes the same files, of the same versions of the programs.
set -e
folder=${1:?usage: voices.sh FOLDER}
mkdir -p "$folder"

# An accent is the language by whose rules the words after it are read: words that are
# spelled as French has its sounds are English with a French accent.
english='zero one two three four five six seven eight nine'
accents="en-us $english
en-gb $english
en-gb-scotland $english
en-gb-x-rp $english
en-gb-x-gbclan $english
en-gb-x-gbcwmd $english
en-029 $english
de siro uan tu sri foa faif ßix sewen eit nain
de siero wann tuh ßrie vor feif six säven äit nein
fr ziro ouane tou sri fore faïve sixe sévène éïte naïne
fr zirau ouone tou tri faure fève sixe sèvène ète naïne
es siro uan tu zri for faif six seven eit nain
it ziro uan tu tri for faiv sics seven eit nain
nl ziero wan toe srie foor faaiv siks seven eet naain
pl zirou łan tu sri for fajf siks sewen ejt najn
el ζίρο γουάν του θρι φορ φάιβ σιξ σέβεν έιτ νάιν
sv siro oann to tri får fajv six seven ejt najn"

# Throats of espeak-ng, without those that whisper and those of robots.
throats='m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 klatt6 adam Alex Alicia
Andrea Andy Annie antonio aunty belinda benjamin boris caleb david Denis Diogo ed edward gene Gene2
grandma grandpa gustave Henrique Hugo iven iven2 iven3 jacky john kaukovalta Lee linda marcelo Marco
mario max michael miguel mike Nguyen norbert pablo paul pedro quincy rob robert sandro shelby steph
steph2 steph3 Storm travis victor zac'

# Every eighth pair of an accent and a throat speaks, each word at a pitch and a speed of its own.
printf '%s\n' "$accents" | {
	number=0
	while read -r accent words; do
		for throat in $throats; do
			number=$((number + 1))
			[ $((number % 8)) = 1 ] || continue
			digit=0
			for word in $words; do
				n=$((number * 10 + digit))
				espeak-ng -v "$accent+$throat" -p $((20 + n * 37 % 60)) -s $((110 + n * 53 % 90)) \
					-w "$folder/${digit}_${throat}_$number.wav" -- "$word"
				digit=$((digit + 1))
			done
		done
	done
}

command -v flite >/dev/null || exit 0
for voice in kal16 awb rms slt; do
	for number in 0 1 2 3 4 5 6 7; do
		digit=0
		for word in $english; do
			n=$((number * 10 + digit))
			flite -voice "$voice" --setf duration_stretch=$((80 + n * 53 % 70))e-2 \
				--setf int_f0_target_mean=$((80 + n * 37 % 120)) -t "$word" -o "$folder/${digit}_${voice}_$number.wav"
			digit=$((digit + 1))
		done
	done
done
