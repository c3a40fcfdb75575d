import type { Random } from './random';

const words = 3000;
const letters = 'eeeeeaaaiiioootttnnnrrrsssllccdduummppghbfvyk';

/** Fills buffers with lines of made-up words, few of them frequent and most of them rare, as in text and code. */
export function createText(random: Random): (target: Buffer) => void {
  const vocabulary = Array.from({ length: words }, () => makeWord(random));
  return (target) => {
    let at = 0;
    while (at < target.length) {
      const rare = random(words) / words;
      const word = vocabulary[Math.floor(rare ** 3 * words)]!;
      at += word.copy(target, at);
    }
  };
}

function makeWord(random: Random): Buffer {
  const letterAt = () => letters[random(letters.length)]!;
  const word = Array.from({ length: 2 + random(9) }, letterAt).join('');
  return Buffer.from(`${word}${random(9) === 0 ? '\n' : ' '}`);
}
