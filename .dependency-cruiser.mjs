// The doors between rooms, as ARCHITECTURE.md draws them. tests/doors shows that each one closes.
const door = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from, pathNot: '\\.test\\.ts$|/testing/' } : from,
  to,
});
const server = 'packages/server/src/';

export default {
  forbidden: [
    door(
      'protocol-knows-nobody',
      '^packages/protocol/',
      { path: '^(packages/(server|client|extension-kit)|examples|bench|tests)/' },
      'The language is spoken by all and knows none of them.',
    ),
    door(
      'protocol-is-pure',
      '^packages/(protocol|client)/src/',
      { dependencyTypes: ['core'] },
      'Protocol and client run in browsers and workers, too.',
    ),
    door(
      'client-has-no-zod',
      '^packages/client/src/',
      { path: ['^node_modules/zod', '^packages/protocol/src/schemas/(?!types)'] },
      'What the client pulls in is counted in bytes.',
    ),
    door('server-knows-no-client', '^packages/server/', {
      path: '^packages/(client|extension-kit)/',
    }),
    door('client-knows-no-server', '^packages/client/', {
      path: '^packages/(server|extension-kit)/',
    }),
    door('kit-knows-no-server', '^packages/extension-kit/', { path: '^packages/server/' }),
    door(
      'nobody-needs-the-outer-rooms',
      { pathNot: '^(examples|bench|tests)/' },
      { path: '^(examples|bench|tests)/' },
      'Examples, bench and tests stand on the packages, never the other way round.',
    ),
    door(
      'engine-knows-the-contract-only',
      `^${server}engine/`,
      { path: `^${server}`, pathNot: `^${server}(engine/|store/store\\.ts$)` },
      'The engine is pure: it asks the store by its contract.',
    ),
    door('engine-has-no-machine', `^${server}engine/`, { dependencyTypes: ['core'] }),
    door(
      'store-knows-the-moves-only',
      `^${server}store/`,
      { path: `^${server}`, pathNot: `^${server}(store/|engine/(command|lifecycle)\\.ts$)` },
      'One table of moves rules all stores.',
    ),
    door(
      'stores-are-behind-the-contract',
      {
        path: `^${server}`,
        pathNot: `^${server}(store/|index\\.ts|remote-display\\.ts)|\\.test\\.ts$|/testing/`,
      },
      { path: `^${server}store/`, pathNot: `^${server}store/store\\.ts$` },
    ),
    door(
      'hooks-know-nobody',
      `^${server}hooks/`,
      { path: `^${server}`, pathNot: `^${server}hooks/` },
      'How the outside is called is the same for whoever calls it.',
    ),
    door('access-knows-no-wire', `^${server}access/`, {
      path: `^${server}(http|gateway|trigger)/`,
    }),
    door('trigger-knows-no-wire', `^${server}trigger/`, {
      path: `^${server}(http|gateway|access)/`,
    }),
    door('http-and-gateway-are-apart', `^${server}http/`, { path: `^${server}gateway/` }),
    door('gateway-and-http-are-apart', `^${server}gateway/`, { path: `^${server}http/` }),
    door(
      'one-knows-everybody',
      { path: `^${server}`, pathNot: `^${server}(index\\.ts|http/hono\\.ts)` },
      { path: `^${server}remote-display\\.ts$` },
      'Only the public surface looks at the whole.',
    ),
    door('no-circles', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.cache|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@remote-display/source', 'import', 'node', 'default'],
    },
  },
};
