import { createLatency } from '../../../src/adapters/local-files/latency';

const options = { slowMs: 1, enough: 10, patience: 100 };

test('a source is not judged by its first answers', () => {
  const latency = createLatency(options);
  for (let i = 0; i < 9; i++) latency.took(50);
  expect(latency.isSlow()).toBe(false);
  latency.took(50);
  expect(latency.isSlow()).toBe(true);
});

test('a fast source that becomes slow is found slow, however long it was fast', () => {
  const latency = createLatency(options);
  for (let i = 0; i < 100_000; i++) latency.took(0.01);
  expect(latency.isSlow()).toBe(false);
  for (let i = 0; i < 10; i++) latency.took(20);
  expect(latency.isSlow()).toBe(true);
});

test('a few very slow answers among fast ones do not make a source slow', () => {
  const latency = createLatency(options);
  for (let i = 0; i < 1000; i++) latency.took(0.01);
  for (let i = 0; i < 1000; i++) latency.took(i % 4 === 0 ? 100 : 0.01);
  expect(latency.isSlow()).toBe(false);
});

test('a slow source is looked at anew after a while', () => {
  const latency = createLatency(options);
  for (let i = 0; i < 10; i++) latency.took(50);
  const judgements = Array.from({ length: 101 }, () => latency.isSlow());
  expect(judgements.indexOf(false)).toBe(99);
});
