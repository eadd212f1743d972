import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { SEVERITIES } from '../../../audit/rule.ts'
import { CLUSTER_FLAGS, NAMESPACE_FLAG } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseHostSize, parseRuleId } from './parse.ts'

export const auditCommand = buildCommand({
  loader: async () => (await import('./run.ts')).audit,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: asItIs,
        brief: 'Files and folders; - is standard input',
        placeholder: 'PATH',
      },
    },
    flags: {
      explain: {
        kind: 'parsed',
        parse: parseRuleId,
        brief: 'Say what a rule is about, and what to do',
        placeholder: 'RULE',
        optional: true,
      },
      list: {
        kind: 'boolean',
        brief: 'List all rules, and which of them --fix can mend',
        optional: true,
        withNegated: false,
      },
      live: {
        kind: 'boolean',
        brief: 'Judge this machine and its containers, beside the files that are named',
        optional: true,
        withNegated: false,
      },
      cluster: {
        kind: 'boolean',
        brief: 'Judge what runs on a Kubernetes cluster, with what happened to its pods',
        optional: true,
        withNegated: false,
      },
      kubeconfig: CLUSTER_FLAGS.kubeconfig,
      context: CLUSTER_FLAGS.context,
      namespace: NAMESPACE_FLAG,
      evidence: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'File for what --live or --cluster saw, without secrets; it can be judged elsewhere',
        placeholder: 'FILE',
        optional: true,
      },
      format: {
        kind: 'enum',
        values: ['text', 'json', 'sarif', 'junit', 'github'],
        brief: 'Form of the answer (default: text)',
        optional: true,
      },
      output: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'File that the answer is written to; the text is shown all the same',
        placeholder: 'FILE',
        optional: true,
      },
      fix: {
        kind: 'boolean',
        brief: 'Mend what can be mended safely, in the files themselves',
        optional: true,
        withNegated: false,
      },
      baseline: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'File with findings that are known; it is written where it does not exist yet',
        placeholder: 'FILE',
        optional: true,
      },
      config: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Configuration (default: .stella-audit.yaml of this folder)',
        placeholder: 'FILE',
        optional: true,
      },
      exclude: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Files and folders that are not judged; may be repeated',
        placeholder: 'GLOB',
        variadic: true,
        optional: true,
      },
      pedantic: {
        kind: 'boolean',
        brief: 'Let rules speak, too, that are true of most correct files',
        optional: true,
        withNegated: false,
      },
      failOn: {
        kind: 'enum',
        values: SEVERITIES,
        brief: 'Mildest severity that makes the exit code 1 (default: info)',
        optional: true,
      },
      cgroup: {
        kind: 'enum',
        values: ['v1', 'v2'],
        brief:
          'Version of the memory controller where it will run; rules that hang on it ask for it',
        optional: true,
      },
      hostMemory: {
        kind: 'parsed',
        parse: parseHostSize,
        brief: 'Memory of the machine where Compose projects will run: 8Gi',
        placeholder: 'SIZE',
        optional: true,
      },
      ...COMMON_FLAGS,
    },
    aliases: { o: 'output' },
  },
  docs: {
    brief: 'Memory mistakes in manifests, on this machine or a cluster, before they kill',
    fullDescription: [
      'Judges Kubernetes manifests, Compose files, Dockerfiles, units of systemd and Quadlet, apps of Marathon and',
      'dumps of docker inspect. Each finding stands at its line, with the',
      'numbers of the file and the rule it breaks; --explain says what a rule rests on.',
      'With --live it judges this machine, and what Docker and Podman run on it; with --cluster (or an',
      'option that names one) what a Kubernetes cluster runs, and says what was killed there.',
      'A comment takes a finding away, with its reason: # stella-ignore K05: bounded by the namespace',
      '',
      'Examples:',
      '  stella audit .                             every manifest below this folder',
      '  helm template ./chart | stella audit -     what a chart renders to',
      '  stella audit --fix compose.yaml            mend what can be mended safely',
      '  stella audit . --format sarif -o m.sarif   for code scanning; the text is shown, too',
      '  stella audit --explain K01                 what a rule is about; --list names them all',
      '  stella audit --live                        this machine and its containers',
      '  stella audit --live compose.yaml           a file, against this very machine',
      '  stella audit --live --evidence web1.yaml   save what was seen; stella audit web1.yaml judges it anywhere',
      '  stella audit --cluster                     the cluster that kubectl would ask',
      '',
      'Exit code: 0 nothing found, 1 findings, 2 a file is broken or the call is wrong,',
      '3 nothing of the machine or the cluster can be read, 4 nothing found, but rights are missing,',
      '70 a fault of stella.',
    ].join('\n'),
  },
})
