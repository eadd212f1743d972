import { SETTINGS } from '../../src/scanning/settings/index.ts'

/** Variables of the environment, each with what it says and which option says the same. */
export const VARIABLES: Readonly<
  Record<string, { says: string; option?: string; isSecret?: true }>
> = {
  STELLA_DATA: {
    says: 'the folder for what is recorded and changed; else `$XDG_STATE_HOME/stella`, or `/var/lib/stella` for root',
    option: '--data',
  },
  STELLA_SERVER: {
    says: 'the `stella serve` that commands of the scanner ask',
    option: '--server',
  },
  STELLA_TOKEN: {
    says: 'the token of that server; for `serve` the one that callers have to know',
    option: '--token-file',
    isSecret: true,
  },
  STELLA_DATABASE: {
    says: 'a PostgreSQL server instead of the embedded database',
    option: '--database',
    isSecret: true,
  },
  STELLA_WEBHOOK: {
    says: 'the address that `watch` and `serve` tell of cases, as Slack takes it',
    option: '--webhook',
    isSecret: true,
  },
  STELLA_HOST: { says: 'the name of the machine, where a container would tell its own' },
  STELLA_PROMETHEUS: {
    says: 'the Prometheus whose rules `doctor` looks at',
    option: '--prometheus',
  },
  STELLA_PROMETHEUS_TOKEN: {
    says: 'its bearer token, for `size --prometheus`',
    option: '--token-file',
    isSecret: true,
  },
  STELLA_KUBE_CONTEXT: { says: 'the context in the kubeconfig', option: '--context' },
  STELLA_KUBE_NAMESPACE: { says: 'the one namespace that is looked at', option: '--namespace' },
  STELLA_MARATHON_URL: { says: 'the address of Marathon', option: '--marathon' },
  STELLA_MARATHON_TOKEN_FILE: { says: 'a file with the token for Marathon' },
  STELLA_MESOS_AGENT_URL: { says: 'the address of the Mesos agents', option: '--mesos-agent' },
  STELLA_REGISTRY_MIRRORS: { says: 'mirrors of registries: `HOST=URL`, with commas between them' },
  STELLA_REGISTRY_INSECURE: { says: 'registries that may be spoken to without TLS, with commas' },
  STELLA_DEBUG: { says: '`1`: a fault of stella is printed with its stack trace' },
}

/** What others named, and stella heeds. */
const HEEDED: Readonly<Record<string, string>> = {
  NO_COLOR: 'no colours, as `--no-color`',
  KUBECONFIG: 'files that describe clusters, as kubectl reads them',
  DOCKER_HOST:
    'where Docker listens; also `DOCKER_CONTEXT`, `DOCKER_CONFIG`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`',
  CONTAINER_HOST: 'where Podman listens',
  MARATHON_URL: 'the address of Marathon; else `DCOS_URL` with `DCOS_ACS_TOKEN`',
  REGISTRY_AUTH_FILE: 'credentials for registries',
  HTTPS_PROXY: 'a proxy; also `HTTP_PROXY` and `NO_PROXY`',
  SOURCE_DATE_EPOCH: 'the time that an SBOM tells',
  TMPDIR: 'where temporary files go',
}

/** Settings, variables and files, as a page of the reference. */
export function settingsReference(): string {
  return [
    '# Settings',
    '',
    'This page is made from the program: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind.',
    '',
    'stella needs no settings. An option of the command line counts first, then the variable, then what is usual.',
    '',
    '## Variables',
    '',
    '| variable | says | option |',
    '|---|---|---|',
    ...Object.entries(VARIABLES).map(
      ([name, { says, option, isSecret }]) =>
        `| \`${name}\` | ${says}${isSecret === true ? ' (may be a secret; never printed)' : ''} | ${option === undefined ? '' : `\`${option}\``} |`,
    ),
    '',
    'Those of other programs:',
    '',
    '| variable | says |',
    '|---|---|',
    ...Object.entries(HEEDED).map(([name, says]) => `| \`${name}\` | ${says} |`),
    '',
    '## The scanner',
    '',
    '`stella scanner config set KEY VALUE` changes one; who changed what and when is kept, and can be rolled back.',
    '',
    '| key | usual | what it does |',
    '|---|---|---|',
    ...SETTINGS.map(
      ({ key, usual, brief, needsRestart }) =>
        `| \`${key}\` | ${usual === null ? 'unset' : `\`${usual}\``} | ${brief}${needsRestart ? ' (workers that run keep theirs)' : ''} |`,
    ),
    '',
    '## Files',
    '',
    '| file | what it is |',
    '|---|---|',
    '| `.stella-audit.yaml` | which rules of the audit count, and how: [its schema](audit-config.schema.json), [the guide](../guides/audit.md) |',
    '| runbooks | a folder of Markdown: [how to write one](../guides/write-a-runbook.md) |',
    '| `deploy/` | units of systemd, a chart, rules and dashboards, with the variables that they set |',
    '',
  ].join('\n')
}
