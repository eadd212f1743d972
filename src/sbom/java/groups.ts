/** The group of an artifact that has no pom.properties, as most that Gradle built. */
import { known } from './coordinates.ts'
import type { Manifest } from './manifest.ts'

interface Known {
  names: RegExp
  /** Empty: the artifact's own name. */
  group: string
  /** It had another name before this major version. */
  before?: { major: number; group: string }
}

/** Of well-known artifacts whose manifests do not tell it. */
const KNOWN: readonly Known[] = [
  { names: /^spring-boot/, group: 'org.springframework.boot' },
  { names: /^spring-security-/, group: 'org.springframework.security' },
  { names: /^spring-data-/, group: 'org.springframework.data' },
  { names: /^spring-integration-/, group: 'org.springframework.integration' },
  { names: /^spring-session-/, group: 'org.springframework.session' },
  { names: /^spring-batch-/, group: 'org.springframework.batch' },
  { names: /^spring-(amqp|rabbit)/, group: 'org.springframework.amqp' },
  { names: /^spring-kafka/, group: 'org.springframework.kafka' },
  { names: /^spring-retry$/, group: 'org.springframework.retry' },
  { names: /^spring-ldap-/, group: 'org.springframework.ldap' },
  { names: /^spring-(ws-|xml$)/, group: 'org.springframework.ws' },
  { names: /^spring-hateoas$/, group: 'org.springframework.hateoas' },
  { names: /^spring-plugin-/, group: 'org.springframework.plugin' },
  { names: /^spring-vault-/, group: 'org.springframework.vault' },
  { names: /^spring-cloud-/, group: 'org.springframework.cloud' },
  {
    names:
      /^spring-(aop|aspects|beans|context|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|test|tx|web|webflux|webmvc|websocket)(-|$)/,
    group: 'org.springframework',
  },
  {
    names: /^hibernate-(core|envers|jcache|c3p0|hikaricp|jpamodelgen|spatial|testing)$/,
    group: 'org.hibernate.orm',
    before: { major: 6, group: 'org.hibernate' },
  },
  {
    names: /^groovy(-|$)/,
    group: 'org.apache.groovy',
    before: { major: 4, group: 'org.codehaus.groovy' },
  },
  { names: /^kotlin-(stdlib|reflect|script)/, group: 'org.jetbrains.kotlin' },
  { names: /^kotlinx-(coroutines|serialization|datetime|io)/, group: 'org.jetbrains.kotlinx' },
  {
    names:
      /^(kafka_\d|kafka-(clients|streams|server|raft|metadata|storage|group-coordinator|tools|log4j)|connect-(api|runtime|json|transforms|file|mirror|basic))/,
    group: 'org.apache.kafka',
  },
  { names: /^lucene-/, group: 'org.apache.lucene' },
  { names: /^elasticsearch(-|$)/, group: 'org.elasticsearch' },
  { names: /^opensearch(-|$)/, group: 'org.opensearch' },
  {
    names: /^(okhttp(-|$)|logging-interceptor$|mockwebserver)/,
    group: 'com.squareup.okhttp3',
    before: { major: 3, group: 'com.squareup.okhttp' },
  },
  { names: /^okio(-|$)/, group: 'com.squareup.okio' },
  { names: /^micrometer-/, group: 'io.micrometer' },
  { names: /^reactor-netty/, group: 'io.projectreactor.netty' },
  { names: /^reactor-(core|test|tools)$/, group: 'io.projectreactor' },
  {
    names: /^rxjava$/,
    group: 'io.reactivex.rxjava3',
    before: { major: 3, group: 'io.reactivex.rxjava2' },
  },
  { names: /^grpc-/, group: 'io.grpc' },
  { names: /^opentelemetry-/, group: 'io.opentelemetry' },
  { names: /^bc(prov|pkix|pg|mail|tls|util)-/, group: 'org.bouncycastle' },
  { names: /^asm(-|$)/, group: 'org.ow2.asm', before: { major: 4, group: 'asm' } },
  { names: /^jna(-platform)?$/, group: 'net.java.dev.jna' },
  { names: /^jsr305$/, group: 'com.google.code.findbugs' },
  { names: /^jdom2$/, group: 'org.jdom' },
  { names: /^checker-(qual|compat-qual|util)/, group: 'org.checkerframework' },
  { names: /^snakeyaml$/, group: 'org.yaml' },
  { names: /^ant(-|$)/, group: 'org.apache.ant' },
  { names: /^(log4j|junit|oro|xml-apis)$/, group: '' },
  { names: /^json$/, group: 'org.json' },
  {
    names:
      /^org\.eclipse\.(core|equinox|osgi|e4|ui|swt|jface|help|search|compare|text|team|update)/,
    group: 'org.eclipse.platform',
  },
  // The old ones of Apache Commons are groups of their own.
  {
    names:
      /^commons-(beanutils|chain|cli|codec|collections|configuration|dbcp|digester|discovery|el|fileupload|httpclient|io|jelly|jxpath|lang|logging|net|pool|validator)$/,
    group: '',
  },
]

/** Attributes that may hold a group, and those that are asked only if none of the first does. */
const FIRST = [
  'Group-Id',
  'Bundle-SymbolicName',
  'Extension-Name',
  'Specification-Vendor',
  'Implementation-Vendor',
  'Implementation-Vendor-Id',
  'Implementation-Title',
]
const SECOND = ['Automatic-Module-Name', 'Start-Class', 'Main-Class']

/** Two or more parts, the first of which is an internet domain: `org.apache.commons`, but no sentence. */
const GROUP =
  /^(?:com|org|net|io|be|de|fr|ch|at|nl|uk|eu|ru|cn|jp|br|it|pl|se|dev|app|me|us|edu|gov|info|tech|cloud|jakarta|javax)(?:\.[\w-]+)+$/

/** Whoever has these has many groups: what follows is a part of the group. */
const UMBRELLAS = new Set(['com.github', 'com.google', 'com.sun', 'org.apache', 'org.codehaus'])

/** Nothing of it is the application's own. */
const LAUNCHER = 'org.springframework.boot.loader'

/** Null where nothing tells it. */
export function guessGroup(
  artifact: string,
  version: string | null,
  manifest: Manifest,
): string | null {
  const found = KNOWN.find(({ names }) => names.test(artifact))
  if (found !== undefined) {
    const isEarlier = Number.parseInt(version ?? '', 10) < (found.before?.major ?? 0)
    return (isEarlier ? found.before?.group : found.group) || artifact
  }
  return groupIn(FIRST, artifact, manifest) ?? groupIn(SECOND, artifact, manifest)
}

/** The shortest of those that begin alike, which the alphabet puts first. */
function groupIn(fields: readonly string[], artifact: string, manifest: Manifest): string | null {
  const groups = fields.flatMap((field) => {
    const [value = ''] = (manifest.anywhere(field) ?? '').split(/[;#]/)
    const group = field.endsWith('-Class') ? packageOf(value) : known(value)
    return group !== null && GROUP.test(group) ? [withoutArtifact(group, artifact)] : []
  })
  return groups.toSorted()[0] ?? null
}

function packageOf(className: string): string | null {
  if (className.startsWith(LAUNCHER)) return null
  return known(className.trim().replace(/\.[^.]*$/, ''))
}

/**
 * Bundles are called by their group and their artifact: `com.fasterxml.jackson.core.jackson-databind`, or with dots
 * instead of dashes: `org.lz4.pure.java`.
 */
function withoutArtifact(group: string, artifact: string): string {
  const words = artifact.split('-')
  for (const end of [artifact, words.join('.'), words.slice(1).join('.')]) {
    const parent = group.slice(0, -end.length - 1)
    const isGroup = parent.includes('.') && !UMBRELLAS.has(parent)
    if (end !== '' && group.endsWith(`.${end}`) && isGroup) return parent
  }
  return group
}
