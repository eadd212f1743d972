import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { parseCount } from '../../../count.ts'
import { parseSize, SIZE_FORMS } from '../../../size.ts'
import { parseHeadroom } from './headroom.ts'

function sizeFlag(brief: string) {
  return { kind: 'parsed', parse: parseSize, brief, placeholder: 'SIZE', optional: true } as const
}

function countFlag(brief: string) {
  return { kind: 'parsed', parse: parseCount, brief, placeholder: 'N', optional: true } as const
}

export const jvmCommand = buildCommand({
  loader: async () => (await import('./run.ts')).jvm,
  parameters: {
    flags: {
      limit: {
        kind: 'parsed',
        parse: parseSize,
        brief: `The memory limit of the container: ${SIZE_FORMS}`,
        placeholder: 'SIZE',
      },
      threads: countFlag('Threads at the busiest moment (default: 250 for a plan)'),
      classes: countFlag('Loaded classes, as jstat -class PID tells (default: 10000 for a plan)'),
      metaspace: sizeFlag('What the metaspace takes, in the place of --classes'),
      codeCache: sizeFlag('What compiled code takes'),
      direct: sizeFlag('What direct buffers take (NIO, Netty)'),
      stack: sizeFlag('Stack of one thread, for a plan (default: 1Mi)'),
      headroom: {
        kind: 'parsed',
        parse: parseHeadroom,
        brief: 'Percent of the limit that a plan leaves free',
        placeholder: 'PERCENT',
        optional: true,
      },
      processors: countFlag('Processors of the container: they decide on the garbage collector'),
      flags: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Check these JVM options, as they stand in JAVA_TOOL_OPTIONS or on a command line',
        placeholder: 'TEXT',
        optional: true,
      },
      moreThreads: countFlag('With --flags: and what if there were so many threads more'),
      moreDirect: sizeFlag('With --flags: and what if direct buffers took so much more'),
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Where the memory of a JVM goes, and which options fit a limit',
    fullDescription: [
      'Without --flags: divides a limit as the memory calculators of Paketo and Cloud Foundry do,',
      'gives the options for it, and says what those calculators leave out.',
      'With --flags: adds up what these options let the JVM take, and holds it against the limit.',
      '',
      'Examples:',
      '  stella simulate jvm --limit 1Gi --threads 250 --classes 10000',
      '  stella simulate jvm --limit 1Gi --threads 40 --classes 12000 --headroom 10 --json',
      '  stella simulate jvm --limit 1Gi --flags "-Xmx512m" --threads 50 --metaspace 150Mi --direct 200Mi',
      '  stella simulate jvm --limit 512Mi --flags "$JAVA_TOOL_OPTIONS" --threads 50 --more-threads 100',
      '',
      'Exit code: 0 it fits, also where it fits tightly, 1 it does not fit, 2 wrong call, or options that',
      'the JVM does not start with, 70 a fault of stella.',
    ].join('\n'),
  },
})
