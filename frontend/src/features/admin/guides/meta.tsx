// docs/channels/whatsapp_meta.md, as steps.
import { ExternalLink } from '@/components/external-link'
import { ALLOW, ANSWERS, type Guide, WELCOME } from './guide'

export const meta: Guide = {
  provider: 'Meta',
  pitch: 'Meta’s own Cloud API: nobody in between, with buttons and templates.',
  steps: [
    {
      title: 'Make an app at Meta',
      words: (
        <>
          At <ExternalLink href="https://developers.facebook.com/apps">developers.facebook.com/apps</ExternalLink>{' '}
          create an app of the type <em>Business</em> and add the product <em>WhatsApp</em>. Meta gives it a test number
          that may write to five people.
        </>
      ),
    },
    {
      title: 'Enter the number',
      words: (
        <>
          <em>WhatsApp, API setup</em> shows the Phone number ID and the WhatsApp Business Account ID.
        </>
      ),
      options: ['numbers', 'waba'],
    },
    {
      title: 'Enter the credentials',
      words: (
        <>
          The app secret is at <em>App settings, Basic</em>. For the token, add a system user at{' '}
          <ExternalLink href="https://business.facebook.com/settings/system-users">Business settings</ExternalLink>,
          give it the app and the WhatsApp account, and generate one that never expires with{' '}
          <em>whatsapp_business_messaging</em> and <em>whatsapp_business_management</em>.
        </>
      ),
      secrets: ['access_token', 'app_secret', 'verify_token'],
    },
    {
      title: 'Tell Meta our address',
      words: (
        <>
          At <em>WhatsApp, Configuration, Webhook, Edit</em> give this address and the verify token, then{' '}
          <em>Verify and save</em>. Meta asks at once, so save the token here first. Then subscribe to the field{' '}
          <em>messages</em>.
        </>
      ),
      copies: ['webhook'],
    },
  ],
  secrets: {
    access_token: { label: 'Access token', help: 'Of a system user. A long word that begins with EAA.' },
    app_secret: { label: 'App secret', help: 'App settings, Basic: 32 of 0-9 and a-f. Meta signs with it.' },
    verify_token: {
      label: 'Verify token',
      help: 'A word that you choose and give Meta too: 8 to 200 characters, no blanks.',
      made: true,
    },
  },
  options: {
    numbers: {
      label: 'Phone number IDs',
      help: 'Not the number that people dial. Several with commas, the main one first.',
      example: '106540352242922',
    },
    waba: {
      label: 'WhatsApp Business Account ID',
      help: 'For you to find it again.',
      example: '906540352242922',
    },
    answers: ANSWERS,
    allow: ALLOW,
    welcome: WELCOME,
    template: {
      label: 'Template',
      help: 'An approved one whose body is a single {{1}}, for outside the 24 hours. Empty: another channel takes over.',
      example: 'news_for_you',
    },
    template_language: {
      label: 'Template’s language',
      help: 'As Meta writes it; en where nothing is said.',
      example: 'en_US',
    },
  },
  settings: ['answers', 'allow', 'welcome', 'template', 'template_language'],
  told: { number: 'Number', verified_name: 'Shown name' },
  needs: () => ['numbers', 'access_token', 'app_secret', 'verify_token'],
  hello: 'Write to the number from your own phone.',
  called: () => true,
}
