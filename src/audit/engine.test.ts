import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVariables } from './documents/interpolate.ts'
import { positionOf } from './documents/place.ts'
import { audit, type AuditInput, UNKNOWN_HOST } from './engine.ts'
import { mend } from './mend.ts'

function input(path: string, text: string, environment = ''): AuditInput {
  return { file: { path, text }, variables: readVariables(environment), isNamed: true }
}

function judged(...inputs: AuditInput[]): string[] {
  const { findings } = audit(inputs)
  return findings.map(
    ({ rule, place, line, column }) => `${rule.id} ${place.file.path}:${line}:${column}`,
  )
}

function problemsOf(text: string, path = 'a.yaml'): string[] {
  return audit([input(path, text)]).problems.map(({ at, what }) => {
    const { line, column } = positionOf(at)
    return `${line}:${column} ${what}`
  })
}

const POD = (resources: string, name = 'web'): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
    - name: ${name}
      image: registry.example.com/web:1
      resources: ${resources}
`

const GOOD = '{requests: {cpu: 1, memory: 1Gi}, limits: {memory: 1Gi}}'

describe('a file that is broken', () => {
  it.each([
    [
      'a tab',
      'apiVersion: v1\nkind: Pod\nspec:\n\tcontainers: []\n',
      '4:1 it is no YAML: Tabs are not allowed as indentation',
    ],
    [
      'a key that stands twice',
      'apiVersion: v1\nkind: Pod\nspec:\n  a: 1\n  a: 2\n',
      '5:3 it is no YAML: the key a stands twice',
    ],
    [
      'a bracket that is not closed',
      'apiVersion: v1\nkind: Pod\nspec: [1,\n',
      '3:10 it is no YAML: Flow sequence',
    ],
    ['an alias of nothing', 'apiVersion: v1\nkind: Pod\nspec: *gone\n', '3:7 it is no YAML: '],
    [
      'nesting without end',
      `apiVersion: v1\nkind: Pod\nspec: ${'['.repeat(50_000)}`,
      '1:1 it is nested too deep',
    ],
    [
      'a template',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n',
      '4:9 it is a template that is not rendered',
    ],
    [
      'a template with a condition',
      'apiVersion: v1\nkind: Pod\n{{- if .x }}\nspec: {}\n{{- end }}\n',
      '3:1 it is a template that is not rendered',
    ],
    [
      'a value that another tool fills in',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: @NAME@\n',
      '4:9 it is a template that is not rendered',
    ],
    ['something else', 'on: push\njobs: {}\n', '1:1 it holds no workload that is known'],
    ['nothing', '', '1:1 it holds no workload that is known'],
  ])('with %s is told at its place', (_, text, expected) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(expected)
  })

  it('does not keep its other documents from being judged, nor other files', () => {
    const text = `${POD(GOOD)}---\napiVersion: v1\nkind: Pod\nspec: [\n---\n${POD('{}')}`
    expect(judged(input('a.yaml', text), input('b.yaml', POD('{}')))).toEqual([
      'K07 a.yaml:19:13',
      'K07 b.yaml:6:13',
    ])
  })

  it('is read in time, however its aliases multiply', () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) =>
        `x${at + 1}: &x${at + 1} [${Array.from({ length: 9 }, () => `*x${at}`).join(',')}]`,
    )
    const text = `apiVersion: v1\nkind: Pod\nx0: &x0 [y]\n${levels.join('\n')}\nspec: {containers: *x30}\n`
    expect(problemsOf(text)).toEqual([])
  })

  it('is read in time, however it is chained', () => {
    const chain = (link: (at: number) => string): string =>
      Array.from({ length: 8_000 }, (_, at) => link(at + 1)).join('\n')
    const pod = 'apiVersion: v1\nkind: Pod\n'
    const merges = `${pod}x0: &x0 {a: 1}\n${chain((at) => `x${at}: &x${at} {<<: *x${at - 1}, k${at}: 1}`)}\n`
    expect(problemsOf(merges)).toEqual([
      expect.stringContaining('its merge keys make it many times as large'),
    ])
    const lists = `- &x0 [${'y,'.repeat(9)}]\n${chain((at) => `- &x${at} [*x${at - 1}, *x${at - 1}, *x${at - 1}]`)}\n- {apiVersion: v1, kind: Pod, spec: {containers: *x8000}}\n`
    expect(problemsOf(lists)).toEqual([])
    const services = `services:\n  s0: {image: a, mem_limit: 1g}\n${chain((at) => `  s${at}: {extends: s${at - 1}, mem_limit: 1g}`)}\n`
    expect(problemsOf(services)).toEqual([])
    const words = `${pod}spec: {containers: [{name: a, image: a, command: [${'A=1, '.repeat(50_000)}java]}]}\n`
    expect(judged(input('a.yaml', words))).toEqual(['K07 a.yaml:3:28'])
  })

  it('never throws, whatever the text is', () => {
    const pieces = fc.constantFrom(
      'apiVersion: v1\n',
      'kind: Pod\n',
      'services:\n',
      '  web:\n',
      '    image: a\n',
      'spec:\n',
      '  containers:\n',
      '  - name: a\n',
      '    resources: {limits: {memory: 256m}}\n',
      '---\n',
      '&a ',
      '*a',
      '<<: *a\n',
      'FROM x\n',
      'ENV A=b \\\n',
      'CMD ["node"]\n',
      '{',
      '}',
      '[',
      '"',
      "'",
      '\t',
      '\r\n',
      '${A:-',
      '# stella-ignore K01\n',
      'mem_limit: 1Mi\n',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
        const result = audit([input('a.yaml', parts.join(''))])
        for (const { line, column } of result.findings) expect(line > 0 && column > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a place', () => {
  it('is exact in any style, and where an anchor is written', () => {
    const text = `services:\r\n  web: &web\r\n    image: a\r\n    "mem_limit": '512Mi'\r\n  two: *web\r\n`
    expect(judged(input('compose.yaml', text))).toEqual(['C16 compose.yaml:4:18'])
  })

  it('of an option is the option itself, in a text that is folded', () => {
    const text =
      'services:\n  web:\n    image: a\n    mem_limit: 1g\n    environment:\n      JAVA_TOOL_OPTIONS: >-\n        -Xss1m\n        -Xmx2g\n'
    expect(judged(input('compose.yaml', text))).toEqual(['J01 compose.yaml:8:9'])
  })
})

describe('a Compose file', () => {
  it('takes its variables from the .env file beside it, and their defaults', () => {
    const text =
      'services:\n  a: {image: a, mem_limit: "${A}"}\n  b: {image: a, mem_limit: "${B:-512k}"}\n  c: {image: a, mem_limit: "${C}"}\n'
    expect(judged(input('compose.yaml', text, 'A=1Mi\n'))).toEqual([
      'C16 compose.yaml:2:28',
      'C15 compose.yaml:3:28',
    ])
  })

  it('is judged with what it extends, and by the limit of a file that is laid over it', () => {
    const base =
      'services:\n  web: {image: a, extends: {service: base}}\n  base: {image: a, mem_limit: 1g}\n  lone: {image: a}\n'
    const over = 'services:\n  lone: {mem_limit: 1g}\n'
    expect(judged(input('d/compose.yaml', base))).toEqual(['C01 d/compose.yaml:4:3'])
    expect(judged(input('d/compose.yaml', base), input('d/compose.prod.yaml', over))).toEqual([])
  })
})

it('takes nothing for a Compose file that is none', () => {
  const services = 'services:\n  web: {image: a, ports: [80]}\n'
  for (const { path, text } of [
    { path: 'chart/values.yaml', text: services },
    { path: 'chart/values-production.yaml', text: services },
    { path: 'workflow.yaml', text: 'jobs:\n  a:\n    services:\n      web: {image: a}\n' },
    { path: 'app.yaml', text: 'services: [web, db]\n' },
    { path: 'app.json', text: '{"services": {"web": {"url": "http://a"}}}' },
  ]) {
    const { findings, files } = audit([{ ...input(path, text), isNamed: false }])
    expect({ path, found: findings.length + files.length }).toEqual({ path, found: 0 })
  }
})

describe('Kubernetes documents', () => {
  it('are judged together, whatever files they stand in', () => {
    const range =
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec: {limits: [{type: Container, default: {memory: 1Gi}, defaultRequest: {memory: 1Gi}}]}\n'
    expect(judged(input('a.yaml', POD('{}')))).toEqual(['K07 a.yaml:6:13'])
    expect(judged(input('a.yaml', POD('{}')), input('b.yaml', range))).toEqual([])
  })

  it('are joined by their names: in one file first, then in one folder, then where there is but one', () => {
    const scaler = input(
      'web/hpa.yaml',
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {kind: Pod, name: web}\n  metrics:\n    - type: Resource\n      resource: {name: memory}\n',
    )
    const java = POD(GOOD).replace(
      'image:',
      'command: [java, -Xmx300m, -jar, web.jar]\n      image:',
    )
    expect(judged(scaler, input('web/web.yaml', java))).toEqual(['K20 web/hpa.yaml:8:24'])
    expect(judged(scaler, input('base/web.yaml', java))).toEqual(['K20 web/hpa.yaml:8:24'])
    const others = [input('web/web.yaml', java), input('base/web.yaml', POD(GOOD))]
    expect(judged(scaler, ...others)).toEqual(['K20 web/hpa.yaml:8:24'])
    expect(judged(scaler, input('a/web.yaml', java), input('b/web.yaml', java))).toEqual([])
  })

  it('count a container of a namespace once, however many files hold it', () => {
    const pod = POD('{requests: {memory: 1Gi}}').replace(
      '{name: web}',
      '{name: web, namespace: shop}',
    )
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'
    const said = ['a/web.yaml', 'b/web.yaml'].map((path) => input(path, pod))
    const { findings } = audit([input('shop.yaml', namespace), ...said])
    expect(findings.filter(({ rule }) => rule.id === 'K14').map(({ message }) => message)).toEqual([
      'web has no limit, and shop gives none',
    ])
  })

  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'ReplicationController'])(
    'of the kind %s are judged by their pods',
    (kind) => {
      const text = `apiVersion: v1\nkind: ${kind}\nspec:\n  template:\n    spec:\n      containers:\n        - {name: a, image: a}\n`
      expect(judged(input('a.yaml', text))).toEqual(['K07 a.yaml:7:18'])
    },
  )

  it('of a CronJob and of a list are judged, too', () => {
    const pod = '{spec: {containers: [{name: a, image: a}]}}'
    const text = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: ${pod}}}}}\n`
    expect(judged(input('a.yaml', text))).toHaveLength(1)
  })
})

describe('an ignore', () => {
  it('with a reason takes its finding away, on its line, the next, or in the whole file', () => {
    const name = '    - name: web'
    for (const text of [
      POD('{}').replace(name, `${name} # stella-ignore K07: bounded by the namespace`),
      POD('{}').replace(name, `    # stella-ignore K05, K07: bounded by the namespace\n${name}`),
      `# stella-ignore-file K07: bounded by the namespace\n${POD('{}')}`,
    ]) {
      expect(judged(input('a.yaml', text))).toEqual([])
      expect(audit([input('a.yaml', text)]).ignored).toBe(1)
    }
  })

  it('without a reason takes nothing away, and is told', () => {
    const text = `# stella-ignore-file K07\n${POD('{}')}`
    expect(judged(input('a.yaml', text))).toEqual(['K07 a.yaml:7:13'])
    expect(problemsOf(text)).toEqual(['1:1 an ignore without a reason ignores nothing'])
  })

  it('of another rule or another line takes nothing away', () => {
    const text = `# stella-ignore K07: this line holds nothing\n${POD('{}')}# stella-ignore-file K08: another\n`
    expect(judged(input('a.yaml', text))).toEqual(['K07 a.yaml:7:13'])
  })
})

describe('a fix', () => {
  it('changes what it mends and no other byte, and once', () => {
    const text = POD(`{requests: {cpu: 1, memory: "512m"}, limits: {memory: 1GB}} # why: 512m`)
    const [mended] = mend([input('a.yaml', text)], UNKNOWN_HOST)
    const expected = POD(`{requests: {cpu: 1, memory: "512Mi"}, limits: {memory: 1Gi}} # why: 512m`)
    expect(mended?.after.file.text).toBe(expected)
    expect(mended?.count).toBe(3)
    expect(mend([input('a.yaml', expected)], UNKNOWN_HOST)[0]?.count).toBe(0)
  })

  it('adds a variable in the style of the file', () => {
    const mended = (text: string): string | undefined =>
      mend([input('compose.yaml', text)], UNKNOWN_HOST)[0]?.after.file.text
    const service = 'services:\n  web:\n    image: node:24\n    mem_limit: 200m\n'
    expect(mended(service)).toBe(
      'services:\n  web:\n    image: node:24\n    environment:\n      NODE_OPTIONS: --max-old-space-size=140\n    mem_limit: 200m\n',
    )
    expect(mended(`${service}    environment:\n      - A=b\n`)).toContain(
      'environment:\n      - NODE_OPTIONS=--max-old-space-size=140\n      - A=b\n',
    )
    expect(mended(`${service}    environment:\n        A: b\n`)).toContain(
      'environment:\n        NODE_OPTIONS: --max-old-space-size=140\n        A: b\n',
    )
    expect(mended('services: {web: {image: node:24, mem_limit: 200m}}\n')).toBe(
      'services: {web: {image: node:24, mem_limit: 200m}}\n',
    )
  })
})

it('asks for the version of the memory controller where a rule hangs on it', () => {
  const text = 'services:\n  web: {image: a, mem_limit: 1g, oom_kill_disable: true}\n'
  const rules = (cgroup: 1 | 2 | null): string[] =>
    audit([input('compose.yaml', text)], { ...UNKNOWN_HOST, cgroup }).findings.map(
      ({ rule }) => rule.id,
    )
  expect(rules(1)).toEqual(['C12'])
  expect(rules(2)).toEqual(['C11'])
  expect(rules(null)).toEqual(['C12'])
})
