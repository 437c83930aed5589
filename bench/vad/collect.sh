#!/usr/bin/env bash
# collect.sh FSDD TEXT FOLDER gathers the recordings from which builtin:vad is trained and on
# which it is measured: a WAV file of 16 kHz for every speaker in FOLDER/{train,test}/speech, and
# one for every noise in FOLDER/{train,test}/noise. FSDD is the folder of the recordings of the
# free-spoken-digit-dataset, TEXT a file of English lines to be spoken (tinyshakespeare). All
# else is of Debian 12:
#
#   apt-get install ffmpeg flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts espeak-ng \
#       asterisk-core-sounds-{en,es,fr,it,ru}-g722 asterisk-prompt-it-menardi-wav asterisk-prompt-es-co \
#       asterisk-prompt-fr-armelle asterisk-moh-opsound-g722 pocketsphinx-testdata openttd-opensfx sound-theme-freedesktop
set -euo pipefail
export LC_ALL=C
fsdd=$1 text=$2 out=$3
asterisk=/usr/share/asterisk
mkdir -p "$out"/{train,test}/{speech,noise} "$out/scratch"

# sound IN OUT OPTION…: a file as one channel of 16 kHz, unless OUT exists.
sound() {
  local in=$1 to=$2
  shift 2
  [ -e "$to" ] || ffmpeg -nostdin -v error "$@" -i "$in" -ac 1 -ar 16000 -c:a pcm_s16le -bitexact "$to"
}

# files FOLDER PATTERN: those below the folder, without the silences of Asterisk.
files() { find "$1" -name "$2" -not -path '*/silence/*' | sort; }

# streams SET/SPEAKER FOLDER FORMAT: files of samples without headers, one after the other.
streams() {
  files "$2" "*.$3" | xargs cat >"$out/scratch/all.$3"
  sound "$out/scratch/all.$3" "$out/${1/\///speech/}.wav" -f "$3"
}

# waves SET/SPEAKER FOLDER PATTERN: WAV files, one after the other.
waves() {
  files "$2" "$3" | sed "s/.*/file '&'/" >"$out/scratch/list.txt"
  sound "$out/scratch/list.txt" "$out/${1/\///speech/}.wav" -f concat -safe 0
}

streams train/allison-en "$asterisk/sounds/en_US_f_Allison" g722
streams train/allison-es "$asterisk/sounds/es_MX_f_Allison" g722
streams train/carlo "$asterisk/sounds/it_IT_m_Carlo" g722
streams train/ivrvoice "$asterisk/sounds/ru_RU_f_IvrvoiceRU" g722
waves train/menardi "$asterisk/sounds/it_IT_f_Menardi" '*.wav'
for speaker in george jackson lucas; do waves "train/$speaker" "$fsdd" "*_${speaker}_*.wav"; done

streams test/june "$asterisk/sounds/fr_CA_f_June" g722
streams test/colombia "$asterisk/sounds/es/" gsm
streams test/armelle "$asterisk/sounds/fr/" gsm
waves test/librivox /usr/share/pocketsphinx/test/data/librivox '*.wav'
for speaker in nicolas theo; do waves "test/$speaker" "$fsdd" "*_${speaker}_*.wav"; done

# Music: that of Macroform is trained on.
for file in "$asterisk"/moh/*.g722; do
  case $file in */macroform-*) set=train ;; *) set=test ;; esac
  sound "$file" "$out/$set/noise/$(basename "$file" .g722).wav" -f g722
done
# Those sounds of a desktop that are under licences of Creative Commons.
for name in bell camera-shutter complete device-added device-removed dialog-information message network-connectivity-established \
    network-connectivity-lost power-plug power-unplug screen-capture suspend-error trash-empty; do
  sound "/usr/share/sounds/freedesktop/stereo/$name.oga" "$out/train/noise/$name.wav"
done
# Vehicles, machines and bells of a game lie in one file: offset and size of each, then its name
# and a WAV file. Every second one is for the test.
perl -e '
  local $/; open F, "<:raw", $ARGV[0] or die $!; my $all = <F>;
  for my $i (0 .. (unpack("V", $all) & 0x7fffffff) / 8 - 1) {
    my $wave = index($all, "RIFF", unpack("V", substr($all, 8 * $i, 4)) & 0x7fffffff);
    my $length = 8 + unpack("V", substr($all, $wave + 4, 4));
    open O, ">:raw", sprintf("%s/opensfx-%02d.wav", $ARGV[1], $i) or die $!; print O substr($all, $wave, $length); close O;
  }' /usr/share/games/openttd/baseset/opensfx/opensfx.cat "$out/scratch"
for file in "$out"/scratch/opensfx-*.wav; do
  [ "$(stat -c %s "$file")" -lt 8000 ] && continue
  case $file in *[02468].wav) set=train ;; *) set=test ;; esac
  sound "$file" "$out/$set/noise/$(basename "$file")"
done

# Each voice speaks lines of its own.
grep -E '^.{30,70}$' "$text" | tr -d '"' >"$out/scratch/lines.txt"
line=1
# spoken SPEAKER LINES COMMAND…: the command reads $in and writes $wav.
spoken() {
  local speaker=$1 lines=$2
  shift 2
  sed -n "$line,$((line + lines - 1))p" "$out/scratch/lines.txt" | sed 's/[^.?!]$/&./' >"$out/scratch/spoken.txt"
  line=$((line + lines))
  [ -e "$out/train/speech/$speaker.wav" ] && return
  in=$out/scratch/spoken.txt wav=$out/scratch/spoken.wav bash -c "$*" </dev/null >/dev/null
  sound "$out/scratch/spoken.wav" "$out/train/speech/$speaker.wav"
}
for name in rms slt awb kal16; do spoken "flite-$name" 160 "flite -voice $name -f \$in -o \$wav"; done
for name in ked_diphone kal_diphone cmu_us_slt_arctic_hts; do spoken "festival-$name" 120 "text2wave -eval '(voice_$name)' -o \$wav \$in"; done
pitch=30
for name in en-us+f2 en-gb+m3 en-us+m7 en-gb-scotland+f4 de+m1 fr+f3 es+m2 nl+f1 pl+m4 sv+f5 tr+m5 ko+f2; do
  spoken "espeak-$name" 40 "espeak-ng -v $name -s $((130 + pitch)) -p $pitch -w \$wav -f \$in"
  pitch=$((pitch + 4))
done
rm -r "$out/scratch"
