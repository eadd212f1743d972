import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { TARGET_FORMS } from '../../target.ts'

const PLATFORM_NAMES = [
  'docker',
  'compose',
  'podman',
  'kubernetes',
  'marathon',
  'systemd',
  'host',
  'kustomize',
  'helm',
] as const

export const fixCommand = buildCommand({
  loader: async () => (await import('./run.ts')).fix,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: asItIs,
          brief: `A case.json, an exported folder, the id of a recorded case, or ${TARGET_FORMS}`,
          placeholder: 'CASE|TARGET',
          optional: true,
        },
      ],
    },
    flags: {
      apply: {
        kind: 'boolean',
        brief: 'Make the change; without it, it is shown and nothing is changed',
        optional: true,
        withNegated: false,
      },
      limit: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'The new limit, as the platform writes it: 256m for Docker, 256Mi for Kubernetes',
        placeholder: 'Q',
        optional: true,
      },
      for: {
        kind: 'enum',
        values: PLATFORM_NAMES,
        brief:
          'What is changed, where there is a choice; kustomize and helm print the change for a repository',
        optional: true,
      },
      remedy: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Another remedy of the case, by its id',
        placeholder: 'ID',
        optional: true,
      },
      env: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Give the container this variable instead, NAME=VALUE; may be repeated',
        placeholder: 'NAME=VALUE',
        variadic: true,
        optional: true,
      },
      recreate: {
        kind: 'boolean',
        brief: 'Make the container anew even where it can be changed while it runs',
        optional: true,
        withNegated: false,
      },
      inPlace: {
        kind: 'boolean',
        brief: 'Change the pod that runs, and not what makes the next one',
        optional: true,
        withNegated: false,
      },
      diff: {
        kind: 'boolean',
        brief: 'Print what would be different as a unified diff, and nothing else',
        optional: true,
        withNegated: false,
      },
      file: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Write the limit into this Compose file',
        placeholder: 'COMPOSE.yml',
        optional: true,
      },
      undo: {
        kind: 'boolean',
        brief: 'Take a fix back: the one whose id is named, or the newest of the target',
        optional: true,
        withNegated: false,
      },
      force: {
        kind: 'boolean',
        brief: 'Overwrite what somebody else changed since (--undo), or holds (Kubernetes)',
        optional: true,
        withNegated: false,
      },
      list: {
        kind: 'boolean',
        brief: 'The fixes that were made, newest first',
        optional: true,
        withNegated: false,
      },
      data: dataFlag('Folder with the records'),
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Plan the remedy; --apply makes it, --undo takes it back',
    fullDescription: [
      'Says what is wrong, which one change helps, and what else would. Nothing is changed',
      'without --apply. What is changed is written down before, and can be taken back.',
      '',
      'Examples:',
      '  stella fix docker:web                      what would be changed',
      '  stella fix docker:web --apply',
      '  stella fix docker:web --limit 512m --apply',
      '  stella fix docker:web --env SESSIONS_MAX=1000 --apply',
      '  stella fix k8s:shop/web-1 --limit 512Mi --diff',
      '  stella fix k8s:shop/web-1 --for kustomize  the change as a patch for a repository',
      '  stella fix --list',
      '  stella fix docker:web --undo',
      '',
      'Exit code: 0 planned, applied or taken back, 1 there is nothing that stella can change, the',
      'change would be refused, or it was rolled back, 2 wrong call or harmful limit, 3 target out of',
      'reach or a right missing, 4 the case does not decide, 70 a fault of stella.',
    ].join('\n'),
  },
})
