import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { DATA_FLAG, RUN_FLAGS, TIGHTEN_FLAGS } from './flags.ts'

const ID_PARAMETER = { parse: asItIs, brief: 'The id of an experiment', placeholder: 'ID' } as const
const ANY_ID_PARAMETER = { ...ID_PARAMETER, optional: true } as const

const TARGET_PARAMETER = {
  parse: asItIs,
  brief: 'docker:NAME, podman:NAME, cgroup:/PATH, or a bare name',
  placeholder: 'TARGET',
} as const

const ANY_TARGET_PARAMETER = { ...TARGET_PARAMETER, optional: true } as const

const runCommand = buildCommand({
  loader: async () => (await import('./run.ts')).runPressure,
  parameters: {
    positional: { kind: 'tuple', parameters: [ANY_TARGET_PARAMETER] },
    flags: RUN_FLAGS,
  },
  docs: {
    brief: 'Take memory beside a target, or lower its limit, and see whether it stays well',
    fullDescription: [
      'Shows what would be done; --apply does it. Memory comes slowly, is held, and given back.',
      'The hypothesis is that nothing in the target is killed, that it goes on living, and that',
      'your probes answer. It ends at once where that is no longer so, where the machine has too',
      'little left, at a signal, and when stella is killed; everything is as before then.',
      '',
      'Examples:',
      '  stella pressure docker:web --size 25% --i-own-this',
      '  stella pressure docker:web --size 25% --i-own-this --apply',
      '  stella pressure docker:web --limit 70% --hold 5m --probe-http http://localhost:8080/ --apply',
      '  stella pressure cgroup:/stella-test-a --kind page-cache --size 256Mi --apply',
      '  stella pressure docker:web --file experiment.yaml --apply',
      '',
      'Exit code: 0 it stayed well, or was planned, 1 it did not, or not all could be taken back,',
      '2 wrong call, or it may not be done to this target, 3 target out of reach, another experiment',
      'runs, or the machine has no room, 4 ended before it showed anything, 70 a fault of stella.',
    ].join('\n'),
  },
})

const tightenCommand = buildCommand({
  loader: async () => (await import('./tighten.ts')).tightenLimit,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: TIGHTEN_FLAGS,
  },
  docs: {
    brief: 'Find the smallest limit under which a target still stays well',
    fullDescription: [
      'Halves what is not known between what the target holds for good and its present limit. Each',
      'limit is a guarded experiment of its own, on the real thing, and put back. Shows the plan;',
      '--apply does it. What is too tight may kill it: it has to get well by itself after that.',
      '',
      'Examples:',
      '  stella pressure tighten docker:web --probe-http http://localhost:8080/health --i-own-this',
      '  stella pressure tighten docker:web --probe-command /opt/check --hold 30s --i-own-this --apply',
      '',
      'Exit code: 0 found, or planned, 1 a limit could not be put back, 2 wrong call, or it may not',
      'be done to this target, 3 target out of reach, another experiment runs, or the machine has no',
      'room, 4 not found as exactly as was asked for, 70 a fault of stella.',
    ].join('\n'),
  },
})

const listCommand = buildCommand({
  loader: async () => (await import('./list.ts')).listExperiments,
  parameters: { flags: { ...DATA_FLAG, ...COMMON_FLAGS } },
  docs: {
    brief: 'The experiments that were made, newest first',
    fullDescription: [
      'Lists each with its target and how it ended.',
      '',
      'Examples:',
      '  stella pressure list',
      '',
      'Exit code: 0 done, 2 wrong call, 70 a fault of stella.',
    ].join('\n'),
  },
})

const showCommand = buildCommand({
  loader: async () => (await import('./show.ts')).showExperiment,
  parameters: {
    positional: { kind: 'tuple', parameters: [ID_PARAMETER] },
    flags: { ...DATA_FLAG, ...COMMON_FLAGS },
  },
  docs: {
    brief: 'What an experiment did; --json is its journal in the form of Chaos Toolkit',
    fullDescription: [
      'Shows the probes before, under and after pressure, and what was taken back.',
      '',
      'Examples:',
      '  stella pressure show pressure-20260501-120000-000-1a2b',
      '  stella pressure show pressure-20260501-120000-000-1a2b --json > journal.json',
      '',
      'Exit code: 0 done, 2 wrong call, 3 there is no such experiment, 70 a fault of stella.',
    ].join('\n'),
  },
})

const undoCommand = buildCommand({
  loader: async () => (await import('./undo.ts')).undoExperiments,
  parameters: {
    positional: { kind: 'tuple', parameters: [ANY_ID_PARAMETER] },
    flags: { ...DATA_FLAG, ...COMMON_FLAGS },
  },
  docs: {
    brief: 'Take back what an experiment has left, which is nothing but for a crash of the machine',
    fullDescription: [
      'An experiment takes itself back, and its keeper does where stella is killed. Where both were,',
      'this ends what holds memory, puts limits back, and removes groups that were made.',
      '',
      'Examples:',
      '  stella pressure undo',
      '',
      'Exit code: 0 nothing is left, 1 something is, 2 wrong call, 3 there is no such experiment, or',
      'one runs now, 70 a fault of stella.',
    ].join('\n'),
  },
})

export const pressureRoutes = buildRouteMap({
  routes: {
    run: runCommand,
    tighten: tightenCommand,
    list: listCommand,
    show: showCommand,
    undo: undoCommand,
  },
  defaultCommand: 'run',
  docs: {
    brief: 'Guarded experiments: does it stay well with less memory',
    fullDescription: [
      'Takes memory beside a target or lowers its limit, slowly, watched and always taken back, and',
      "says whether the target stays well. 'stella pressure TARGET' is 'stella pressure run TARGET'.",
      '',
      'Examples:',
      '  stella pressure docker:web --size 25% --i-own-this            the plan alone',
      '  stella pressure docker:web --size 25% --i-own-this --apply',
      '  stella pressure tighten docker:web --i-own-this               the smallest limit that does',
      '  stella pressure list',
    ].join('\n'),
  },
})
