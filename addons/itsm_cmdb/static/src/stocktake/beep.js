const TONES = {
    expected: [[880, 0.09]],
    moved: [
        [660, 0.12],
        [660, 0.12],
    ],
    unknown: [[330, 0.3]],
    already: [[520, 0.15]],
    error: [[220, 0.4]],
};

let audio = null;

/** Play a short tone, where the browser has sound and allows it. */
export function beep(kind) {
    const Audio = window.AudioContext || window.webkitAudioContext;
    if (!Audio) {
        return;
    }
    audio = audio || new Audio();
    let start = audio.currentTime;
    for (const [frequency, seconds] of TONES[kind] || []) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.frequency.value = frequency;
        volume.gain.value = 0.15;
        tone.connect(volume).connect(audio.destination);
        tone.start(start);
        tone.stop(start + seconds);
        start += seconds + 0.06;
    }
}
