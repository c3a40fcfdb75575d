/** Outside a Functions worker nobody provides this module; the pretend host of the tests does. Load this before the app. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const provided = join(__dirname, '..', '..', 'test', 'support', 'functions-host', 'functions-core.js');

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core'
      ? { url: pathToFileURL(provided).href, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
