import { words } from '../../lib/exec.ts'

/** What is installed by name; what they need comes along. */
export const NODE = words(
  'next@15 react-native@0.76 expo@52 @angular/cli@19 @angular-devkit/build-angular@19 aws-sdk@2 googleapis@144 ' +
    'webpack@5 jest@29 eslint@9 typescript@5 nx@20 storybook@8 firebase@11 @nestjs/core@10 @nestjs/cli@10 express@4 vite@6 ' +
    'svelte@5 vue@3 @mui/material@6 antd@5 three@0.170 monaco-editor@0.52 pdfjs-dist@4 date-fns@4 ' +
    'lodash@4 rxjs@7 mongoose@8 typeorm@0.3 prisma@6 serverless@3 aws-cdk-lib@2 puppeteer-core@23 mocha@10 karma@6 ' +
    '@aws-sdk/client-ec2@3 @aws-sdk/client-s3@3 core-js@3',
)

export const PYTHON = words(
  'django==5.1.4 flask==3.1.0 requests==2.32.3 numpy==2.2.1 pandas==2.2.3 sqlalchemy==2.0.36 celery==5.4.0 ' +
    'fastapi==0.115.6 uvicorn==0.34.0 boto3==1.35.90 cryptography==44.0.0 pillow==11.0.0',
)

export const MAVEN = words(
  'org.springframework:spring-core:6.2.1 org.springframework:spring-web:6.2.1 com.google.guava:guava:33.4.0-jre ' +
    'org.apache.commons:commons-lang3:3.17.0 com.fasterxml.jackson.core:jackson-databind:2.18.2 ' +
    'com.fasterxml.jackson.core:jackson-core:2.18.2 org.slf4j:slf4j-api:2.0.16 ch.qos.logback:logback-classic:1.5.15 ' +
    'org.apache.logging.log4j:log4j-core:2.24.3 io.netty:netty-common:4.1.116.Final org.postgresql:postgresql:42.7.4 ' +
    'commons-io:commons-io:2.18.0 org.hibernate.orm:hibernate-core:6.6.4.Final org.apache.kafka:kafka-clients:3.9.0 ' +
    'org.scala-lang:scala-library:2.13.15 org.jetbrains.kotlin:kotlin-stdlib:2.1.0',
)
