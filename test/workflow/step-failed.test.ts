import type { Problem } from '../../src/contracts/outcome';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import { fromFailureText, problemOf, toFailureText } from '../../src/workflow/step-failed';
import { toFailure } from '../../src/workflow/to-failure';

describe('a failure that crosses an engine', () => {
  const problem: Problem = {
    code: 'sql.stalled',
    message: `It's [stuck] at 50 % of "master" – ünï.`,
    hint: 'Look <there>.',
    causes: ['a', 'b'],
  };

  test('keeps its code, hint and causes when the text around it is wrapped and escaped as JSON', () => {
    const wrapped = JSON.stringify({ Message: `Activity function 'x' failed: ${toFailureText(problem)}\nStack: at y` });
    expect(fromFailureText(wrapped).problem).toEqual(problem);
  });

  test('survives a second crossing', () => {
    const once = fromFailureText(toFailureText(problem));
    expect(fromFailureText(toFailure(once).message).problem).toEqual(problem);
  });

  test('carries no credential', () => {
    const failure = toFailure(new HubkeepError('store.unauthorized', 'Refused: https://x/y?sig=c2VjcmV0&se=1'));
    expect(failure.message).not.toContain('c2VjcmV0');
  });

  test.each([
    ['foreign', 'The host went away.'],
    ['damaged', 'Bad [problem:%7B%22code]'],
    ['of an unknown code', toFailureText({ code: 'from.the.future', message: 'm' } as never)],
  ])('is internal, with its whole text, when the text is %s', (_, text) => {
    expect(fromFailureText(text).problem).toEqual({ code: 'internal', message: text });
  });

  test('gives a problem for anything that can be caught', () => {
    expect(problemOf('text')).toEqual({ code: 'internal', message: 'text' });
    expect(problemOf(fromFailureText(toFailureText(problem)))).toEqual(problem);
  });
});
