// docs/channels/telegram.md, as steps.
import type { AccountShown } from '@/api/shapes'
import { ExternalLink } from '@/components/external-link'
import { type Guide, WELCOME } from './guide'

const polls = (account: AccountShown) => account.options.polling === 'on'

export const telegram: Guide = {
  provider: 'Telegram',
  pitch: 'A bot of yours.',
  steps: [
    {
      title: 'Make a bot',
      words: (
        <>
          In Telegram, write <em>/newbot</em> to <ExternalLink href="https://t.me/BotFather">@BotFather</ExternalLink>.
          It asks for a name and answers with a token.
        </>
      ),
      secrets: ['bot_token'],
    },
    {
      title: 'How Telegram reaches us',
      words:
        'By asking, no public address is needed. By webhook, Telegram calls the address below (https, port 443, 80, 88 or 8443) and proves itself by the webhook secret; Send test sets the address there where none is set.',
      options: ['polling'],
      secrets: ['webhook_secret'],
      copies: ['webhook'],
    },
  ],
  secrets: {
    bot_token: { label: 'Bot token', help: 'A number, a colon and letters.' },
    webhook_secret: {
      label: 'Webhook secret',
      help: 'For the webhook: 16 to 256 letters, digits, _ and -. Nothing has to be entered at Telegram.',
      made: true,
    },
  },
  options: {
    polling: {
      label: 'Heard by',
      help: '',
      choices: [
        ['off', 'the webhook'],
        ['on', 'asking for news'],
      ],
    },
    welcome: WELCOME,
  },
  settings: ['welcome'],
  told: { username: 'Bot', bot: 'Bot’s ID' },
  needs: (account) => (polls(account) ? ['bot_token'] : ['bot_token', 'webhook_secret']),
  hello: 'Open the bot in Telegram and write to it.',
  called: (account) => !polls(account),
}
