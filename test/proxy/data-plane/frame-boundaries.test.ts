import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameBoundaries } from '../../../proxy/data-plane/frame-boundaries.ts';

/** A frame as a sender would write it: any kind, payload of zeros. */
function frame(first: number, length: number, masked = false): Buffer {
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, mask | 127, 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 9), Buffer.alloc(length)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const frames = [
  frame(0x81, 0),
  frame(0x82, 1),
  frame(0x89, 125),
  frame(0x02, 126),
  frame(0x80, 65_535, true),
  frame(0x82, 65_536),
  frame(0x8a, 3, true),
];
const all = Buffer.concat(frames);

test('frames of every form end where they end, whatever pieces they come in', () => {
  for (const size of [1, 2, 3, 7, 1000, all.length]) {
    const boundaries = new FrameBoundaries();
    const found: number[] = [];
    for (let at = 0; at < all.length; at += size) {
      const piece = all.subarray(at, at + size);
      assert.equal(boundaries.follow(piece), piece.length);
      if (boundaries.isBetween) found.push(at + piece.length);
    }
    const ends = new Set(frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length));
    const sizeEnds = [...ends].filter((end) => end % size === 0 || end === all.length);
    assert.deepEqual(found, sizeEnds, `in pieces of ${size}`);
  }
});

test('asked to stop it goes to the end of the frame under way, and not a byte further', () => {
  const boundaries = new FrameBoundaries();
  boundaries.follow(all.subarray(0, 3));
  assert.equal(boundaries.follow(all.subarray(3), true), 2);
  assert.equal(boundaries.isBetween, true);
  assert.equal(boundaries.follow(all.subarray(5), true), 0);
});
