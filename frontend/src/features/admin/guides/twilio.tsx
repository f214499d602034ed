// docs/channels/whatsapp_twilio.md and docs/channels/sms.md, as steps: Twilio's account is the same for both.
import type { AccountShown } from '@/api/shapes'
import { ExternalLink } from '@/components/external-link'
import { ALLOW, ANSWERS, type Field, type Guide, type Step, WELCOME } from './guide'

const CREDENTIALS: Step = {
  title: 'Enter Twilio’s credentials',
  words: (
    <>
      At <ExternalLink href="https://console.twilio.com/">console.twilio.com</ExternalLink>, under <em>Account Info</em>
      . Take the auth token, not an API key.
    </>
  ),
  options: ['account_sid', 'numbers'],
  secrets: ['auth_token'],
}
const SECRETS: Readonly<Record<string, Field>> = {
  auth_token: { label: 'Auth token', help: 'Console, Account Info: 32 hexadecimal digits.' },
  shared_key: {
    label: 'Shared key',
    help: 'The secret of a shared key, shown once when it was made. For SHA-256 only.',
  },
}
const OPTIONS: Readonly<Record<string, Field>> = {
  account_sid: { label: 'Account SID', help: 'Begins with AC.', example: 'AC0123456789abcdef0123456789abcdef' },
  numbers: {
    label: 'Our numbers',
    help: 'With + and the country’s code; several with commas, the main one first.',
    example: '+14155550100',
  },
  signature: {
    label: 'Signature',
    help: 'How Twilio signs what it sends. With a shared key the auth token’s signature is refused.',
    choices: [
      ['sha1', 'with the auth token (SHA-1)'],
      ['sha256', 'with a shared key (SHA-256)'],
    ],
  },
  shared_key_id: { label: 'Shared key’s ID', help: 'For SHA-256.' },
  allow: ALLOW,
  welcome: WELCOME,
}
const SIGNED = ['signature', 'shared_key_id']

function needs(account: AccountShown): readonly string[] {
  const shared = account.options.signature === 'sha256' ? ['shared_key', 'shared_key_id'] : []
  return ['account_sid', 'numbers', 'auth_token', ...shared]
}

const EXACT = 'The address is signed letter by letter: it must be exactly the one by which Twilio reaches this server.'

export const whatsappByTwilio: Guide = {
  provider: 'Twilio',
  pitch: 'Where an account at Twilio and its numbers are there already.',
  steps: [
    CREDENTIALS,
    {
      title: 'Tell Twilio our address',
      words: (
        <>
          Under <em>Messaging, Senders, WhatsApp senders</em> open the sender, and set the webhook for incoming messages
          to this address, with <em>POST</em>. To try it without a sender of your own, use{' '}
          <em>Messaging, Try it out, Send a WhatsApp message</em>. {EXACT}
        </>
      ),
      copies: ['webhook'],
    },
  ],
  secrets: SECRETS,
  options: {
    ...OPTIONS,
    answers: ANSWERS,
    content_template: {
      label: 'Content template',
      help: 'An approved one with one variable, for outside the 24 hours.',
      example: 'HX0123456789abcdef0123456789abcdef',
    },
  },
  settings: ['answers', 'allow', 'welcome', 'content_template', ...SIGNED, 'shared_key'],
  told: {},
  needs,
  hello: 'Write to the number in WhatsApp.',
  called: () => true,
}

export const sms: Guide = {
  provider: 'Twilio',
  pitch: 'Text messages by a number at Twilio.',
  steps: [
    CREDENTIALS,
    {
      title: 'Tell Twilio our address',
      words: (
        <>
          Under <em>Phone Numbers, Active numbers</em> open the number. At{' '}
          <em>Messaging configuration, A message comes in</em> choose <em>Webhook</em>, this address, <em>HTTP POST</em>
          . A number in a messaging service takes the address of the service’s <em>Integration</em> instead. {EXACT}
        </>
      ),
      copies: ['webhook'],
    },
    {
      title: 'Register the number, where its country asks for it',
      words:
        'To the United States, carriers drop what an unregistered number sends (A2P 10DLC): register it at Twilio under Messaging, Regulatory Compliance.',
    },
  ],
  secrets: SECRETS,
  options: {
    ...OPTIONS,
    messaging_service: {
      label: 'Messaging service',
      help: 'It sends in the number’s place, from its pool. Begins with MG.',
      example: 'MG0123456789abcdef0123456789abcdef',
    },
  },
  settings: ['messaging_service', 'allow', 'welcome', ...SIGNED, 'shared_key'],
  told: {},
  needs,
  hello: 'Send a text message to the number.',
  called: () => true,
}
