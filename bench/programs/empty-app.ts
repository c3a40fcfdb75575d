/** The least that an app with Durable Functions can be: one timer, one orchestrator, one activity. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';

df.app.activity('greet', { handler: (name: string) => `hello ${name}` });
df.app.orchestration('hello', function* (context) {
  return (yield context.df.callActivity('greet', 'world')) as string;
});
app.timer('nightly', {
  schedule: '0 0 2 * * *',
  extraInputs: [df.input.durableClient()],
  handler: (_timer, context) => df.getClient(context).startNew('hello'),
});
