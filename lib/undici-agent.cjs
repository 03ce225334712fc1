// Takes undici's place in the bundle. The whole of undici, with fetch, WebSocket, caches and mocks, would be half of it;
// the array client uses its Agent and the connector of that alone. `#undici-lib` is the folder undici/lib, by an alias of the bundler.
const api = require('#undici-lib/api');
const buildConnector = require('#undici-lib/core/connect');
const Agent = require('#undici-lib/dispatcher/agent');
const Dispatcher = require('#undici-lib/dispatcher/dispatcher');

// As undici's own index does: `request` and its kin are methods of every dispatcher.
Object.assign(Dispatcher.prototype, api);

module.exports = { Agent, buildConnector };
