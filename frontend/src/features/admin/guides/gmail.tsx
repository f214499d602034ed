// docs/channels/gmail.md, as steps.
import { ExternalLink } from '@/components/external-link'
import { type Guide, isSet } from './guide'

export const gmail: Guide = {
  provider: 'Google',
  pitch: 'A mailbox of yours, by Google’s own API.',
  steps: [
    {
      title: 'Make an OAuth client at Google',
      words: (
        <>
          At <ExternalLink href="https://console.cloud.google.com/">console.cloud.google.com</ExternalLink> take or make
          a project and switch on the <em>Gmail API</em>. Then, under <em>Google Auth Platform, Clients</em>, make a
          client of the type <em>Web application</em> with this redirect address:
        </>
      ),
      copies: ['redirect'],
    },
    {
      title: 'Enter the client',
      words: 'Both stand on the client’s page at Google.',
      options: ['client_id'],
      secrets: ['client_secret'],
    },
    {
      title: 'Sign in as the mailbox',
      words:
        'Agree to everything on Google’s page: reading, labels and sending. Use a mailbox with no other purpose, because every mail in it that a person wrote is answered.',
      connect: true,
    },
  ],
  secrets: {
    client_secret: { label: 'Client secret', help: 'On the client’s page, shown once when it is made.' },
    refresh_token: { label: 'Permission of the mailbox', help: 'Connect Gmail fills it in.' },
  },
  options: {
    client_id: {
      label: 'Client ID',
      help: 'On the client’s page.',
      example: '1234567890-abc.apps.googleusercontent.com',
    },
    mailbox: { label: 'Mailbox', help: 'Connecting fills it in. Another mailbox’s sign-in is refused.' },
    name: { label: 'Sender', help: 'Who the mails are from.', example: 'Harbour Travel' },
    poll_s: { label: 'Seconds between two looks', help: 'From 1 to 300; 5 where nothing is said.', example: '5' },
    topic: {
      label: 'Push topic',
      help: 'Of Cloud Pub/Sub. Gmail then tells at once that there is news; the mailbox is asked all the same.',
      example: 'projects/harbour/topics/mail',
    },
    push_account: {
      label: 'Push account',
      help: 'The service account that the push subscription signs with.',
      example: 'push@harbour.iam.gserviceaccount.com',
    },
    push_audience: { label: 'Push audience', help: 'Of its token; the webhook address where nothing is said.' },
  },
  settings: ['name', 'mailbox', 'poll_s', 'topic', 'push_account', 'push_audience'],
  told: {},
  // The mailbox comes along with its permission.
  needs: (account) => [
    'client_id',
    'client_secret',
    'refresh_token',
    ...(isSet(account, 'refresh_token') ? ['mailbox'] : []),
  ],
  hello: 'Write a mail to the mailbox, from another address.',
  called: () => false,
}
