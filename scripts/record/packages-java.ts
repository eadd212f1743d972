/**
 * Records archives that Maven builds and libraries that it fetches: `node scripts/record/packages-java.ts`.
 * Needs a JDK, mvn and Maven Central. Writes fixtures/packages/java-archive/ and java-runtime/; takes half a minute.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must, words } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'

const FIXTURES = join(REPO, 'fixtures/packages')

/** Small ones that say who they are in different ways: by Maven, by Gradle, as bundles, by nothing but their file name. */
const LIBRARIES = [
  'aopalliance:aopalliance:1.0',
  'com.squareup.okhttp3:logging-interceptor:4.12.0',
  'io.grpc:grpc-context:1.63.0',
  'io.prometheus:simpleclient_tracer_common:0.16.0',
  'jakarta.inject:jakarta.inject-api:2.0.1',
  'javax.inject:javax.inject:1',
  'org.apache.logging.log4j:log4j-slf4j2-impl:2.23.1',
  'org.checkerframework:checker-compat-qual:2.5.5',
  'org.codehaus.groovy:groovy-dateutil:3.0.21',
  'org.jetbrains:annotations:13.0',
  'org.jspecify:jspecify:1.0.0',
  'org.springframework.boot:spring-boot-starter:3.2.5',
]

const dependency = (coordinates: string, more = ''): string => {
  const [group = '', artifact = '', version = ''] = coordinates.split(':')
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${more}</dependency>`
}
const parent = `<parent><groupId>com.example.shop</groupId><artifactId>parent</artifactId><version>1.2.0</version></parent>`
const project = (inside: string): string =>
  `<project><modelVersion>4.0.0</modelVersion>${inside}</project>\n`
const plugin = (coordinates: string, inside: string): string => {
  const [group = '', artifact = '', version = ''] = coordinates.split(':')
  return `<plugin><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${inside}</plugin>`
}

/** A library, the same with its dependencies shaded, as an executable of Spring Boot, in a war, and that in an ear. */
const FILES: Readonly<Record<string, string>> = {
  'pom.xml':
    project(`<groupId>com.example.shop</groupId><artifactId>parent</artifactId><version>1.2.0</version>
<packaging>pom</packaging><modules><module>jar</module><module>war</module><module>ear</module></modules>
<properties><maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>
<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
<project.build.outputTimestamp>2024-05-01T12:34:56Z</project.build.outputTimestamp></properties>`),
  'jar/pom.xml': project(`${parent}<artifactId>sample</artifactId>
<licenses>
  <license><name>MIT &amp; more</name><url>https://example.com/mit</url></license>
  <!-- <license><name>None</name></license> -->
  <license><url>https://www.apache.org/licenses/LICENSE-2.0.txt</url></license>
</licenses>
<dependencies>${dependency('javax.inject:javax.inject:1')}${dependency('com.google.guava:failureaccess:1.0.2')}</dependencies>
<build><plugins>${plugin(
    'org.apache.maven.plugins:maven-shade-plugin:3.5.3',
    '<executions><execution><phase>package</phase><goals><goal>shade</goal></goals><configuration><shadedArtifactAttached>true</shadedArtifactAttached></configuration></execution></executions>',
  )}${plugin(
    'org.springframework.boot:spring-boot-maven-plugin:3.2.5',
    '<executions><execution><goals><goal>repackage</goal></goals><configuration><classifier>boot</classifier><layout>NONE</layout><executable>true</executable><mainClass>com.example.Sample</mainClass></configuration></execution></executions>',
  )}</plugins></build>`),
  'jar/src/main/java/com/example/Sample.java':
    'package com.example;\npublic class Sample { public static void main(String[] words) { } }\n',
  'war/pom.xml': project(`${parent}<artifactId>web</artifactId><packaging>war</packaging>
<dependencies>${dependency('com.example.shop:sample:1.2.0')}</dependencies><build><plugins>${plugin(
    'org.apache.maven.plugins:maven-war-plugin:3.4.0',
    '<configuration><failOnMissingWebXml>false</failOnMissingWebXml></configuration>',
  )}</plugins></build>`),
  'ear/pom.xml': project(`${parent}<artifactId>all</artifactId><packaging>ear</packaging>
<dependencies>${dependency('com.example.shop:web:1.2.0', '<type>war</type>')}</dependencies><build><plugins>${plugin(
    'org.apache.maven.plugins:maven-ear-plugin:3.3.0',
    '',
  )}</plugins></build>`),
}

const folder = mkdtempSync('/var/tmp/stella-java-')
try {
  await recordBuilt(join(folder, 'built'))
  await recordLibraries(join(folder, 'libraries'))
} finally {
  rmSync(folder, { recursive: true })
}
const home = dirname(dirname(realpathSync('/usr/bin/java')))
copy(join(home, 'release'), 'java-runtime/debian/usr/lib/jvm/java-17-openjdk-amd64/release')

async function recordBuilt(room: string): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(room, path)), { recursive: true })
    writeFileSync(join(room, path), text)
  }
  await must('mvn', words('-q -B package'), { cwd: room })
  const built = join(room, 'jar/target/sample-1.2.0')
  copy(`${built}.jar`, 'java-archive/renamed/app.jar')
  copy(`${built}-shaded.jar`, 'java-archive/shaded/opt/sample-1.2.0-shaded.jar')
  copy(`${built}-boot.jar`, 'java-archive/spring-boot/app/sample.jar')
  copy(join(room, 'ear/target/all-1.2.0.ear'), 'java-archive/nested/deployments/all.ear')
}

async function recordLibraries(room: string): Promise<void> {
  mkdirSync(room)
  const dependencies = LIBRARIES.map((library) => dependency(library)).join('\n')
  const own = '<groupId>a</groupId><artifactId>a</artifactId><version>1</version>'
  writeFileSync(
    join(room, 'pom.xml'),
    project(`${own}<dependencies>${dependencies}</dependencies>`),
  )
  const goal = 'dependency:copy-dependencies -DexcludeTransitive=true -DoutputDirectory=lib'
  await must('mvn', words(`-q -B ${goal}`), { cwd: room })
  for (const library of LIBRARIES) {
    const file = `${library.split(':').slice(1).join('-')}.jar`
    copy(join(room, 'lib', file), `java-archive/libraries/usr/share/java/${file}`)
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(join(FIXTURES, to)), { recursive: true })
  cpSync(from, join(FIXTURES, to))
}
