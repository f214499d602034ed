/** Generated from openapi.json by scripts/schema.mjs. Do not edit. */

export interface paths {
    "/api/v1/channels/{channel}/webhook/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A provider asks whether this address expects it: answered with its challenge. */
        get: operations["check_webhook"];
        put?: never;
        /** What a provider tells us: answered once it is durable. */
        post: operations["take_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook/whatsapp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
        get: operations["check_whatsapp"];
        put?: never;
        /** What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
        post: operations["take_whatsapp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
        get: operations["check_status"];
        put?: never;
        /** What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
        post: operations["take_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/whatsapp/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
        get: operations["check_channel_whatsapp"];
        put?: never;
        /** What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
        post: operations["take_channel_whatsapp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write into a conversation. 201: it is durable. */
        post: operations["say"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations, newest first. */
        get: operations["list_conversations"];
        put?: never;
        /** Start a conversation of one's own. */
        post: operations["start_conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation. */
        get: operations["conversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log, in order, as this caller sees it. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where each message stands on each channel. */
        get: operations["deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The channels of a conversation. */
        get: operations["bindings"];
        /** Set how a conversation uses its channels. A second `active` one is a move. */
        put: operations["choose_bindings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The conversation as a file: all events as JSON, or the words as Markdown. */
        get: operations["export_conversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in. Failures make the next tries wait, per address and per place. */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The next access token. A used refresh token gets the same successor for 10 s, then ends the session. */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session: its tokens and its sockets too. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am, and my limits. */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/socket/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A one-use ticket for the first frame of a socket; see /protocol. */
        post: operations["socket_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers. */
        get: operations["livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as /livez. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages can be kept; `?verbose` says what was checked. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is checked, and every channel's state. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which build answers. */
        get: operations["version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a sign-in page needs to know. */
        get: operations["about"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus; open on loopback, elsewhere for members and the scrape token. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All channels of this build, with the organisation's accounts. */
        get: operations["channels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A channel's accounts, oldest first. */
        get: operations["accounts"];
        put?: never;
        /** A new account. Secrets are kept sealed, and told to nobody again. */
        post: operations["make_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One account: its state, and which secrets are set. */
        get: operations["account"];
        /** What is left out stays; an empty text removes the secret or option of that name. */
        put: operations["change_account"];
        post?: never;
        /** Take it away, unless people are reached through it. */
        delete: operations["remove_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The document that makes our app at the provider, ready to paste. */
        get: operations["manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch it on. */
        post: operations["enable_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch it off: its webhook is a 404, nothing is sent. */
        post: operations["disable_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What came signed from the provider and was not understood, newest first. */
        get: operations["quarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/quarantine/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them with its body, base64. */
        get: operations["quarantined"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/quarantine/{n}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read it again with today's code; what is understood is heard now. */
        post: operations["retry_quarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the provider whether the credentials work now. */
        post: operations["test_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/channels/{channel}/accounts/{account}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where at the provider an admin agrees; the answer comes back to /oauth/{channel}/callback. */
        post: operations["connect_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Attach a file: name it in a message's `attachments` afterwards. */
        post: operations["upload_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A link to a file, which ends after a quarter of an hour. */
        get: operations["file_link"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take back a file that was not sent. */
        delete: operations["drop_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{token}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes behind a link, to be saved. */
        get: operations["open_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Codes that something may still become of. */
        get: operations["links"];
        put?: never;
        /** A code that links a channel: send it from there. */
        post: operations["make_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/links/{link}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The sender of the code was me: the address is mine from now on. */
        post: operations["confirm_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/links/{link}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It was somebody else. */
        post: operations["refuse_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My addresses, in the order in which I want to be reached. */
        get: operations["identities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** An address is not mine any more. Nothing that was said is deleted. */
        delete: operations["unlink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** In which order I want to be reached, and when nothing shall ring. */
        put: operations["prefer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write first: to a phone number, a mail address or somebody known, on a channel of the organisation's. */
        post: operations["send"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/lost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What got through nowhere, or waits for a member to say; newest first. */
        get: operations["lost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/lost/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send some of it again, or all. */
        post: operations["resend_lost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/lost/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say of a doubtful one that it arrived. */
        post: operations["settle_lost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long a message is tried, and what becomes of it then. */
        get: operations["delivery_policy"];
        /** Change it: what is left out stays. It holds at once. */
        put: operations["change_delivery_policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The HTTP side, OpenAPI 3.1. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/asyncapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The socket, AsyncAPI 3.1. */
        get: operations["asyncapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to try things on. */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page to read. */
        get: operations["redoc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/protocol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The socket's frames as a page to read. */
        get: operations["protocol"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manual/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A script or style of the manual's pages. */
        get: operations["manual_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * About
         * @description What the sign-in page needs to know. `demo_users` is empty outside demo mode.
         */
        About: {
            version: string;
            demo: boolean;
            demo_users: components["schemas"]["DemoUser"][];
            model: components["schemas"]["ModelShown"] | null;
        };
        /**
         * AccountAsked
         * @description An account to make or to change; what is left out stays. Secrets are written, never read.
         */
        AccountAsked: {
            name?: string;
            provider?: string;
            /** @default {} */
            options?: {
                [key: string]: string;
            };
            /** @default {} */
            secrets?: {
                [key: string]: string;
            };
        };
        /**
         * AccountFrame
         * @description One of the organisation's ends of a channel is in another state. `reason` is a code.
         */
        AccountFrame: {
            /** @constant */
            t: "account";
            channel: string;
            account: string;
            status: string;
            reason?: string;
        };
        /**
         * AccountHealth
         * @description How an account's sends do. Times are ISO 8601 or null.
         *
         *     `breaker` is `open` where so many failed that none are sent until `again_at` (null: until somebody sees to it), and
         *     `half_open` while one is tried; `since` is null while it is `closed`. `sends` and `failures` are those of the last
         *     60 s that say something about the account. `waiting` are the messages that are to go out through it, counted up to
         *     1,000; `oldest` is when the oldest of these was said.
         */
        AccountHealth: {
            /** @enum {unknown} */
            breaker: "closed" | "half_open" | "open";
            since: string | null;
            again_at: string | null;
            sends: number;
            failures: number;
            waiting: number;
            oldest: string | null;
        };
        /**
         * AccountShown
         * @description Our end of a channel. Times are ISO 8601 or null; `reason` is a code or null.
         */
        AccountShown: {
            id: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            provider: string;
            name: string;
            /** @enum {unknown} */
            mode: "real" | "simulated";
            enabled: boolean;
            /** @enum {unknown} */
            status: "degraded" | "disabled" | "down" | "needs_reauth" | "unconfigured" | "up" | "waiting_first_event";
            reason: string | null;
            options: {
                [key: string]: string;
            };
            secrets: components["schemas"]["SecretShown"][];
            webhook_url: string;
            last_in: string | null;
            last_out: string | null;
            created_at: string;
            health: components["schemas"]["AccountHealth"] | null;
        };
        /**
         * Accounts
         * @description A tenant's accounts of one channel, oldest first.
         */
        Accounts: {
            items: components["schemas"]["AccountShown"][];
        };
        /**
         * Ack
         * @description Durable: it survives whatever happens to the server.
         */
        Ack: {
            /** @constant */
            t: "ack";
            id: string;
            c: string;
            seq: number;
        };
        /**
         * ArrivalKept
         * @description As it stands now.
         */
        ArrivalKept: {
            conversation: string;
            message: string;
            binding: string;
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            at: string;
        };
        /**
         * ArrivalSaid
         * @description Somebody has seen that this message arrived.
         */
        ArrivalSaid: {
            conversation: string;
            message: string;
            binding: string;
            /** @default true */
            arrived?: boolean;
        };
        /**
         * Auth
         * @description A fresh token on a live socket that was opened by `token`.
         */
        Auth: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "auth";
            token: string;
        };
        /**
         * Author
         * @description Who wrote a message, by kind and shown name.
         */
        Author: {
            /** @enum {unknown} */
            kind: "agent" | "member" | "person" | "system";
            name: string;
        };
        /**
         * Bind
         * @description Go on on this channel (`identity` where the person has several there). Acked with the seq of `bound`.
         */
        Bind: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "bind";
            c: string;
            id: string;
            channel: string;
            identity?: string;
        };
        /**
         * BindingAsked
         * @description A mode for one channel. `active` is a move.
         */
        BindingAsked: {
            id: string;
            /** @enum {unknown} */
            mode: "active" | "mirror" | "off" | "standby";
        };
        /**
         * BindingShown
         * @description A channel of this conversation. `health` is its account's state in one word; the web is always `up`.
         */
        BindingShown: {
            id: string;
            identity: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            label: string;
            /** @enum {unknown} */
            mode: "active" | "mirror" | "off" | "standby";
            /** @enum {unknown} */
            health: "degraded" | "disabled" | "down" | "needs_reauth" | "unconfigured" | "up" | "waiting_first_event";
            simulated: boolean;
        };
        /**
         * Bindings
         * @description All channels of a conversation, and whether the active one follows the person or stays where they chose.
         */
        Bindings: {
            items: components["schemas"]["BindingShown"][];
            /** @enum {unknown} */
            follow: "follow" | "pin";
        };
        /**
         * BindingsAsked
         * @description What is left out stays as it is.
         */
        BindingsAsked: {
            /** @default [] */
            items?: components["schemas"]["BindingAsked"][];
            /** @enum {unknown} */
            follow?: "follow" | "pin";
        };
        /**
         * Bound
         * @description The active channel changed: who moved it, from where, to where, and why (a code).
         */
        Bound: {
            by: components["schemas"]["Author"];
            /** @enum {unknown} */
            to: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            origin?: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /**
             * @default asked
             * @enum {unknown}
             */
            why?: "asked" | "followed" | "off" | "started";
        };
        /**
         * BoundEvent
         * @description A log entry of kind `bound`.
         */
        BoundEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "bound";
            body: components["schemas"]["Bound"];
        };
        /**
         * Bye
         * @description Reconnect after `after_ms`, which the server chose so that not everybody comes at once.
         */
        Bye: {
            /** @constant */
            t: "bye";
            reason: string;
            after_ms: number;
        };
        /**
         * ChannelShown
         * @description A channel that is built, what it can do, and how its accounts are.
         */
        ChannelShown: {
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            label: string;
            streams: boolean;
            providers: string[];
            accounts: components["schemas"]["AccountShown"][];
        };
        /**
         * Channels
         * @description All channels of this build.
         */
        Channels: {
            items: components["schemas"]["ChannelShown"][];
        };
        /** @description What a client may say. */
        ClientFrame: components["schemas"]["Hello"] | components["schemas"]["Watch"] | components["schemas"]["Unwatch"] | components["schemas"]["Say"] | components["schemas"]["Stop"] | components["schemas"]["Bind"] | components["schemas"]["Snap"] | components["schemas"]["Typing"] | components["schemas"]["Got"] | components["schemas"]["Seen"] | components["schemas"]["Auth"];
        /**
         * Connecting
         * @description Where at the provider an admin agrees; the page to open.
         */
        Connecting: {
            url: string;
        };
        /**
         * ConversationEnded
         * @description The talk is over until someone speaks again.
         */
        ConversationEnded: {
            /** @enum {unknown} */
            why: "closed" | "erased" | "idle";
        };
        /**
         * ConversationEndedEvent
         * @description A log entry of kind `conversation_ended`.
         */
        ConversationEndedEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "conversation_ended";
            body: components["schemas"]["ConversationEnded"];
        };
        /**
         * ConversationPage
         * @description Newest first. `next`: give it back as `before`; null at the end.
         */
        ConversationPage: {
            items: components["schemas"]["ConversationShown"][];
            next: string | null;
        };
        /**
         * ConversationReopened
         * @description Someone spoke again.
         */
        ConversationReopened: Record<string, never>;
        /**
         * ConversationReopenedEvent
         * @description A log entry of kind `conversation_reopened`.
         */
        ConversationReopenedEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "conversation_reopened";
            body: components["schemas"]["ConversationReopened"];
        };
        /**
         * ConversationShown
         * @description A conversation in a list. Times are ISO 8601; `unread` counts messages of others after this caller's `seen`.
         */
        ConversationShown: {
            id: string;
            title: string;
            /** @enum {unknown} */
            status: "active" | "ended" | "escalated";
            agent: string;
            person_name: string;
            head: number;
            created_at: string;
            updated_at: string;
            trace: components["schemas"]["NodeShown"][];
            preview: string;
            unread: number;
        };
        /**
         * ConversationStarted
         * @description The log begins; `channel` is where the person first spoke.
         */
        ConversationStarted: {
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
        };
        /**
         * ConversationStartedEvent
         * @description A log entry of kind `conversation_started`.
         */
        ConversationStartedEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "conversation_started";
            body: components["schemas"]["ConversationStarted"];
        };
        /**
         * Deliveries
         * @description All rows of a conversation, in log order.
         */
        Deliveries: {
            items: components["schemas"]["DeliveryShown"][];
        };
        /**
         * Delivery
         * @description What became of a run of messages on one binding.
         */
        Delivery: {
            messages: string[];
            binding: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            reason?: string;
            by?: components["schemas"]["Author"];
        };
        /**
         * DeliveryEvent
         * @description A log entry of kind `delivery`.
         */
        DeliveryEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "delivery";
            body: components["schemas"]["Delivery"];
        };
        /**
         * DeliveryFrame
         * @description An unsequenced change of a delivery.
         */
        DeliveryFrame: {
            /** @constant */
            t: "delivery";
            c: string;
            message: string;
            binding: string;
            channel: string;
            state: string;
            at: string;
            reason?: string;
        };
        /**
         * DeliveryPolicy
         * @description Seconds, but `retry_ms`. `fallback`: channels to go on by where the person has no order of their own.
         */
        DeliveryPolicy: {
            failover_after: number;
            unseen_after: number;
            give_up_after: number;
            /** @enum {unknown} */
            doubt: "failover" | "hold" | "resend";
            fallback: string[];
            retries: number;
            retry_ms: number;
        };
        /**
         * DeliveryPolicyAsked
         * @description What is left out stays.
         */
        DeliveryPolicyAsked: {
            failover_after?: number;
            unseen_after?: number;
            give_up_after?: number;
            /** @enum {unknown} */
            doubt?: "failover" | "hold" | "resend";
            fallback?: ("gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp")[];
            retries?: number;
            retry_ms?: number;
        };
        /**
         * DeliveryShown
         * @description Where one message stands on one binding, and every step it took. `reason` is a code.
         */
        DeliveryShown: {
            message: string;
            binding: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            owed: boolean;
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            at: string;
            rungs: components["schemas"]["RungShown"][];
            attempts: number;
            reason?: string;
            retry_at?: string;
        };
        /**
         * Delta
         * @description Provisional text; `at` is its UTF-16 offset. A higher attempt starts the text anew.
         */
        Delta: {
            /** @constant */
            t: "delta";
            c: string;
            message: string;
            attempt: number;
            at: number;
            text: string;
        };
        /**
         * DemoUser
         * @description A one-click identity; only in demo mode.
         */
        DemoUser: {
            email: string;
            name: string;
            /** @enum {unknown} */
            role: "admin" | "customer" | "operator" | "owner" | "reviewer";
        };
        /** @description A log entry, told apart by `kind`. */
        EventFrame: components["schemas"]["ConversationStartedEvent"] | components["schemas"]["MessageEvent"] | components["schemas"]["TurnStartedEvent"] | components["schemas"]["SaidEvent"] | components["schemas"]["TurnEndedEvent"] | components["schemas"]["DeliveryEvent"] | components["schemas"]["FailedOverEvent"] | components["schemas"]["BoundEvent"] | components["schemas"]["FileSettledEvent"] | components["schemas"]["ConversationEndedEvent"] | components["schemas"]["ConversationReopenedEvent"] | components["schemas"]["HiddenEvent"];
        /**
         * EventPage
         * @description Events in order, each as its `event` frame. `next`: give it back as `after`; null at the head.
         */
        EventPage: {
            epoch: string;
            head: number;
            items: components["schemas"]["EventFrame"][];
            next: number | null;
        };
        /**
         * Export
         * @description A conversation as a file: every event that this caller may see, in order, as its `event` frame.
         */
        Export: {
            epoch: string;
            conversation: components["schemas"]["ConversationShown"];
            items: components["schemas"]["EventFrame"][];
        };
        /**
         * FailedOver
         * @description A message that did not get through on one channel goes by another instead; `reason` is a code, for everybody.
         *
         *     Nobody was moved: later messages follow the person as always. `binding` is where it goes now. `late`: the first one
         *     had taken it and could not deliver it after all, so it may stand behind messages that came after it. `until`: it
         *     waits there for the end of the person's quiet hours (ISO 8601), and is not sent if they have it before.
         */
        FailedOver: {
            message: string;
            /** @enum {unknown} */
            origin: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            to: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            binding: string;
            reason: string;
            /** @default false */
            late?: boolean;
            until?: string;
        };
        /**
         * FailedOverEvent
         * @description A log entry of kind `failed_over`.
         */
        FailedOverEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "failed_over";
            body: components["schemas"]["FailedOver"];
        };
        /**
         * FileLink
         * @description Where a file's bytes are, and until when.
         */
        FileLink: {
            url: string;
            expires_at: string;
        };
        /**
         * FileSettled
         * @description An attachment that was being fetched is here, or will not be (`reason`, a code).
         */
        FileSettled: {
            file: string;
            message: string;
            /** @enum {unknown} */
            state: "ready" | "refused";
            /** @enum {unknown} */
            type?: "audio" | "file" | "image" | "video";
            /** @default  */
            name?: string;
            /** @default  */
            media_type?: string;
            /** @default 0 */
            size?: number;
            reason?: string;
            transcript?: string;
        };
        /**
         * FileSettledEvent
         * @description A log entry of kind `file_settled`.
         */
        FileSettledEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "file_settled";
            body: components["schemas"]["FileSettled"];
        };
        /**
         * FileShown
         * @description A file that is here: what its bytes prove it to be, and what is said in a recording.
         */
        FileShown: {
            id: string;
            /** @enum {unknown} */
            type: "audio" | "file" | "image" | "video";
            name: string;
            media_type: string;
            size: number;
            /** @default false */
            voice?: boolean;
            transcript?: string;
        };
        /**
         * Got
         * @description Received up to `seq`: what makes a web delivery `delivered`.
         */
        Got: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "got";
            c: string;
            seq: number;
        };
        /**
         * HealthShown
         * @description `status` is `ok`, or `down` while messages cannot be kept. Each check is `ok` or says what is wrong.
         */
        HealthShown: {
            /** @enum {unknown} */
            status: "down" | "ok";
            version: string;
            checks: {
                [key: string]: string;
            };
            channels: {
                [key: string]: string;
            };
        };
        /**
         * Hello
         * @description Sign in, and take up all conversations in one round trip. Exactly one of `ticket` and `token`.
         */
        Hello: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "hello";
            ticket?: string;
            token?: string;
            /** @default [] */
            resume?: components["schemas"]["Resume"][];
        };
        /**
         * Hidden
         * @description What this viewer may not see; it keeps `seq` dense for everyone.
         */
        Hidden: Record<string, never>;
        /**
         * HiddenEvent
         * @description A log entry of kind `hidden`.
         */
        HiddenEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "hidden";
            body: components["schemas"]["Hidden"];
        };
        /**
         * IdentityList
         * @description The caller's addresses, in the order in which they want to be reached, and where more can be linked.
         */
        IdentityList: {
            items: components["schemas"]["IdentityShown"][];
            linkable: components["schemas"]["LinkableShown"][];
            quiet: components["schemas"]["QuietHours"] | null;
        };
        /**
         * IdentityShown
         * @description An address of the caller's, shortened.
         */
        IdentityShown: {
            id: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            label: string;
            address: string;
            /** @enum {unknown} */
            status: "pending" | "revoked" | "unverified" | "verified";
            /** @enum {unknown} */
            health: "degraded" | "disabled" | "down" | "needs_reauth" | "unconfigured" | "up" | "waiting_first_event";
            simulated: boolean;
            rings: boolean;
        };
        /**
         * KeptAside
         * @description One of them; `body` is base64, at most 64 KiB of it.
         */
        KeptAside: {
            item: components["schemas"]["QuarantineShown"];
            body: string;
        };
        /**
         * LimitsShown
         * @description What this tenant's policy allows; 0 means no limit.
         */
        LimitsShown: {
            message_characters: number;
            messages_per_minute: number;
            messages_per_day: number;
        };
        /**
         * LinkAsked
         * @description Which channel a code is for.
         */
        LinkAsked: {
            channel: string;
        };
        /**
         * LinkFrame
         * @description A code of yours was sent from its channel, or was confirmed or refused: `GET /api/v1/me/links` has it.
         */
        LinkFrame: {
            /** @constant */
            t: "link";
            link: string;
            channel: string;
            state: string;
        };
        /**
         * LinkList
         * @description Codes that something may still become of, newest first.
         */
        LinkList: {
            items: components["schemas"]["LinkShown"][];
        };
        /**
         * LinkMade
         * @description A fresh code. It is told here and nowhere else, once.
         */
        LinkMade: {
            id: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            code: string;
            text: string;
            expires_in: number;
            instructions: string;
            deep_link: string | null;
            places: components["schemas"]["LinkPlace"][];
        };
        /**
         * LinkPlace
         * @description Where a code can be sent: what we are called there, and a link that opens it, where there is one.
         */
        LinkPlace: {
            name: string;
            deep_link: string | null;
        };
        /**
         * LinkShown
         * @description How far a code has come; `who` sent it, as far as one has to see to know oneself.
         */
        LinkShown: {
            id: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            state: "claimed" | "confirmed" | "open" | "refused";
            expires_at: string;
            who: string | null;
        };
        /**
         * LinkableShown
         * @description A channel for which a code can be made now. `simulated`: every account of it is.
         */
        LinkableShown: {
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            label: string;
            simulated: boolean;
        };
        /**
         * Login
         * @description `cookie: true` puts the refresh token into an HttpOnly cookie instead of the answer.
         */
        Login: {
            email: string;
            password: string;
            /** @default false */
            cookie?: boolean;
        };
        /**
         * LostFrame
         * @description Members only: a message got through nowhere (`dead`), or waits for one of you to say (`held`).
         *
         *     Any other state: it is not lost any more, because a member sent it again or said that it arrived.
         *     `GET /api/v1/deliveries/lost` has all that are.
         */
        LostFrame: {
            /** @constant */
            t: "lost";
            c: string;
            message: string;
            channel: string;
            state: string;
            at: string;
            reason?: string;
        };
        /**
         * LostNamed
         * @description One message on one channel of its conversation.
         */
        LostNamed: {
            conversation: string;
            message: string;
            binding: string;
        };
        /**
         * LostPage
         * @description Newest first. `total`: all there are, counted up to 1,000. `next`: give it back as `before`; null at the end.
         */
        LostPage: {
            items: components["schemas"]["LostShown"][];
            total: number;
            next: string | null;
        };
        /**
         * LostShown
         * @description A message that got through nowhere (`dead`), or waits for a member to say (`held`). `reason` is a code.
         *
         *     `doubtful`: it may have arrived all the same. `preview`: how it begins. `tried`: every channel it was tried on.
         */
        LostShown: {
            conversation: string;
            title: string;
            person_name: string;
            message: string;
            preview: string;
            binding: string;
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            reason: string | null;
            at: string;
            attempts: number;
            doubtful: boolean;
            tried: components["schemas"]["TriedShown"][];
        };
        /**
         * Manifest
         * @description The document that describes us to a provider: a name for its file, and its text.
         */
        Manifest: {
            name: string;
            text: string;
        };
        /**
         * Me
         * @description Who I am, where, and what I may.
         */
        Me: {
            user: components["schemas"]["UserShown"];
            tenant_name: string;
            limits: components["schemas"]["LimitsShown"];
        };
        /**
         * Message
         * @description Words that stay. A streamed message has the id its deltas had, and stands at `pos` instead of its own seq.
         */
        Message: {
            id: string;
            author: components["schemas"]["Author"];
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            text: string;
            /**
             * @default reply
             * @enum {unknown}
             */
            purpose?: "brief" | "holding" | "notice" | "question" | "reply" | "template" | "welcome";
            /** @default [] */
            parts?: components["schemas"]["Part"][];
            pos?: number;
            reply_to?: string;
            only?: string;
            turn?: string;
            template?: components["schemas"]["Template"];
            /** @default false */
            stopped?: boolean;
            confidence?: number;
            cost_usd?: number;
        };
        /**
         * MessageEvent
         * @description A log entry of kind `message`.
         */
        MessageEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "message";
            body: components["schemas"]["Message"];
        };
        /**
         * MessageKept
         * @description Durable, at `seq`.
         */
        MessageKept: {
            id: string;
            c: string;
            seq: number;
        };
        /**
         * ModelShown
         * @description Which model answers, honestly. `demo`: the built-in stand-in, no real model.
         */
        ModelShown: {
            label: string;
            demo: boolean;
        };
        /**
         * Nack
         * @description Refused. Frames without an id are named by `of` and `c`.
         */
        Nack: {
            /** @constant */
            t: "nack";
            code: string;
            detail: string;
            id?: string;
            of?: string;
            c?: string;
            retry_after?: number;
        };
        /**
         * NewConversation
         * @description `id`: a UUID of the client's choice, so that a repeat makes nothing new.
         */
        NewConversation: {
            id?: string;
        };
        /**
         * NewMessage
         * @description `id` (a UUID) is the idempotency key and becomes the message's id.
         */
        NewMessage: {
            id: string;
            text: string;
            /** @default [] */
            attachments?: string[];
        };
        /**
         * NodeShown
         * @description One message on a list's small trace, or a break in it.
         *
         *     `broke` says which: the message before went on by `channel` instead (`hop`), or was lost there (`lost`).
         */
        NodeShown: {
            /** @enum {unknown} */
            author: "agent" | "member" | "person" | "system";
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            broke?: "hop" | "lost";
        };
        /**
         * Part
         * @description A piece of a message that is not its plain text: an image, a file, a voice note.
         *
         *     Its bytes are behind `GET /api/v1/files/{id}/link`. `waiting` ones are still being fetched from the channel they
         *     came by: a `file_settled` event says how that ended. `refused` is said by views only, where that ended badly.
         */
        Part: {
            id: string;
            /** @enum {unknown} */
            type: "audio" | "file" | "image" | "video";
            name: string;
            media_type: string;
            size: number;
            /**
             * @default ready
             * @enum {unknown}
             */
            state?: "ready" | "refused" | "waiting";
            /** @default false */
            voice?: boolean;
            transcript?: string;
            reason?: string;
        };
        /**
         * PreferencesAsked
         * @description What is left out stays as it is.
         *
         *     `fallback`: identity ids, first choice first; those left out come after, in the order they were linked. `quiet`:
         *     null ends the quiet hours.
         */
        PreferencesAsked: {
            fallback?: string[];
            quiet?: components["schemas"]["QuietHours"] | null;
        };
        /**
         * Problem
         * @description RFC 9457. `code` is stable; `request_id` is what to quote when asking for help.
         */
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            hint: string;
            request_id: string;
            retry_after?: number;
        };
        /**
         * Quarantine
         * @description An account's, newest first.
         */
        Quarantine: {
            items: components["schemas"]["QuarantineShown"][];
        };
        /**
         * QuarantineShown
         * @description A signed request that was not understood. `reason` is a code, `size` its body's bytes; times are ISO 8601.
         */
        QuarantineShown: {
            n: number;
            reason: string;
            at: string;
            size: number;
            retried_at: string | null;
        };
        /**
         * QuietHours
         * @description From one time of day up to another, `HH:MM`, by the clock of an IANA time zone; over midnight too.
         */
        QuietHours: {
            start: string;
            end: string;
            zone: string;
        };
        /**
         * Refresh
         * @description The token, unless a cookie carries it.
         */
        Refresh: {
            refresh_token?: string;
        };
        /**
         * ResendAsked
         * @description Either `items`, or `all` of what is lost now, `limit` at a time: go on with the answer's `next` as `before`.
         */
        ResendAsked: {
            /** @default [] */
            items?: components["schemas"]["LostNamed"][];
            /** @default false */
            all?: boolean;
            /** @default  */
            before?: string;
            /** @default 500 */
            limit?: number;
        };
        /**
         * ResendTaken
         * @description How many are on their way again, and how many of those asked for were not lost any more.
         *
         *     `left`: how many of `all` come after these, counted up to 1,000; `next` goes on with them, null at the end.
         */
        ResendTaken: {
            taken: number;
            gone: number;
            left: number;
            next: string | null;
        };
        /**
         * Resume
         * @description Where a returning client stands in one conversation.
         */
        Resume: {
            c: string;
            epoch: string;
            seq: number;
        };
        /**
         * Retried
         * @description What became of reading it again; `reason` is the code where it is still not understood.
         */
        Retried: {
            understood: boolean;
            reason: string | null;
        };
        /**
         * RungShown
         * @description One step of a delivery, and when it was taken.
         */
        RungShown: {
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            at: string;
            reason?: string;
        };
        /**
         * Said
         * @description A part of an answer that is certain before the whole is: part `n` of the message, from 0.
         *
         *     It begins at a UTF-16 offset of the message's text, where the part before it ended. A channel may have it already.
         */
        Said: {
            message: string;
            n: number;
            at: number;
            text: string;
        };
        /**
         * SaidEvent
         * @description A log entry of kind `said`.
         */
        SaidEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "said";
            body: components["schemas"]["Said"];
        };
        /**
         * Say
         * @description A message. `id` is the idempotency key and becomes the message's id.
         */
        Say: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "say";
            c: string;
            id: string;
            text: string;
            /** @default [] */
            attachments?: string[];
        };
        /**
         * SecretShown
         * @description Whether a secret is there; what it is, nobody is told.
         */
        SecretShown: {
            name: string;
            set: boolean;
        };
        /**
         * Seen
         * @description Read up to `seq`.
         */
        Seen: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "seen";
            c: string;
            seq: number;
        };
        /**
         * SeenFrame
         * @description Another socket of the same person has read up to `seq`: unread marks can go.
         */
        SeenFrame: {
            /** @constant */
            t: "seen";
            c: string;
            seq: number;
        };
        /**
         * SendAsked
         * @description Whom to write to, and what.
         *
         *     `to`: a phone number with its country code, a mail address, or an identity's id. `template`: sent instead of `text`
         *     where the channel lets us only answer; `text` is then what everybody else reads of it. `account`: needed where the
         *     channel has several. `subject`: begins a mail of its own. `name`: how to call who is new.
         */
        SendAsked: {
            to: string;
            /** @default  */
            text?: string;
            /** @default null */
            template?: components["schemas"]["TemplateAsked"] | null;
            /** @default null */
            account?: string | null;
            /** @default  */
            subject?: string;
            /** @default  */
            name?: string;
        };
        /**
         * SendTaken
         * @description It is durable and owed there; what becomes of it is in the conversation's log and under `…/deliveries`.
         */
        SendTaken: {
            conversation: string;
            message: string;
            binding: string;
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
        };
        /**
         * ServerFrame
         * @description What the server may say.
         */
        ServerFrame: components["schemas"]["Welcome"] | components["schemas"]["Watching"] | components["schemas"]["Delta"] | components["schemas"]["Snapshot"] | components["schemas"]["Ack"] | components["schemas"]["Nack"] | components["schemas"]["DeliveryFrame"] | components["schemas"]["TypingFrame"] | components["schemas"]["SeenFrame"] | components["schemas"]["Started"] | components["schemas"]["AccountFrame"] | components["schemas"]["LinkFrame"] | components["schemas"]["LostFrame"] | components["schemas"]["Bye"] | components["schemas"]["EventFrame"];
        /**
         * SignedIn
         * @description An access token for `expires_in` seconds.
         */
        SignedIn: {
            access_token: string;
            expires_in: number;
            user: components["schemas"]["UserShown"];
            refresh_token?: string;
        };
        /**
         * Snap
         * @description Send me the open message's text so far.
         */
        Snap: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "snap";
            c: string;
            message: string;
        };
        /**
         * Snapshot
         * @description The open message so far; `at` is its length in UTF-16 units.
         */
        Snapshot: {
            /** @constant */
            t: "snapshot";
            c: string;
            message: string;
            attempt: number;
            at: number;
            text: string;
        };
        /**
         * SocketUser
         * @description Who the socket is signed in as.
         */
        SocketUser: {
            id: string;
            /** @enum {unknown} */
            kind: "member" | "person";
            role: string;
            name: string;
        };
        /**
         * Started
         * @description A conversation of yours exists that this socket may not know yet.
         */
        Started: {
            /** @constant */
            t: "started";
            c: string;
        };
        /**
         * Stop
         * @description End the running turn and keep what was written.
         */
        Stop: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "stop";
            c: string;
            id: string;
            turn: string;
        };
        /**
         * Template
         * @description Words that a provider has approved before, by their name there. `parameters` fill its body, in order.
         */
        Template: {
            name: string;
            /** @default  */
            language?: string;
            /** @default [] */
            parameters?: string[];
        };
        /**
         * TemplateAsked
         * @description Words that the provider has approved: their name there (Twilio: the Content SID), and what fills them.
         */
        TemplateAsked: {
            name: string;
            /** @default  */
            language?: string;
            /** @default [] */
            parameters?: string[];
        };
        /**
         * Tested
         * @description What a test of an account found, in words for an admin.
         */
        Tested: {
            /** @enum {unknown} */
            health: "degraded" | "down" | "needs_reauth" | "up";
            detail: string;
            took_ms: number;
            account: components["schemas"]["AccountShown"];
        };
        /**
         * Ticket
         * @description One use, `expires_in` seconds.
         */
        Ticket: {
            ticket: string;
            expires_in: number;
        };
        /**
         * TriedShown
         * @description How far the message came on one channel, and when. `reason` is a code.
         */
        TriedShown: {
            /** @enum {unknown} */
            channel: "gmail" | "slack" | "sms" | "telegram" | "web" | "whatsapp";
            /** @enum {unknown} */
            state: "accepted" | "ambiguous" | "dead" | "delivered" | "held" | "not_sent" | "passed" | "pending" | "read" | "refused" | "sending" | "streaming" | "superseded";
            at: string;
            reason?: string;
        };
        /**
         * TurnEnded
         * @description An agent's run is over. `reason` is a code for everyone; `detail` and `usage` are for members.
         */
        TurnEnded: {
            turn: string;
            /** @enum {unknown} */
            outcome: "completed" | "failed" | "held" | "stopped" | "superseded" | "waiting";
            message?: string;
            reason?: string;
            detail?: string;
            usage?: components["schemas"]["Usage"];
        };
        /**
         * TurnEndedEvent
         * @description A log entry of kind `turn_ended`.
         */
        TurnEndedEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "turn_ended";
            body: components["schemas"]["TurnEnded"];
        };
        /**
         * TurnStarted
         * @description An agent begins to answer; `message` is the id that the deltas and the final message carry.
         */
        TurnStarted: {
            turn: string;
            message: string;
            agent: string;
            attempt: number;
        };
        /**
         * TurnStartedEvent
         * @description A log entry of kind `turn_started`.
         */
        TurnStartedEvent: {
            /** @constant */
            t: "event";
            /** @description The conversation. */
            c: string;
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "turn_started";
            body: components["schemas"]["TurnStarted"];
        };
        /**
         * Typing
         * @description I am writing.
         */
        Typing: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "typing";
            c: string;
        };
        /**
         * TypingFrame
         * @description Somebody else is writing.
         */
        TypingFrame: {
            /** @constant */
            t: "typing";
            c: string;
            name: string;
            kind: string;
        };
        /**
         * Unwatch
         * @description Stop following.
         */
        Unwatch: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "unwatch";
            c: string;
        };
        /**
         * Usage
         * @description What one turn took from its model, in tokens, as the provider counted them.
         */
        Usage: {
            model: string;
            /** @default 0 */
            prompt_tokens?: number;
            /** @default 0 */
            completion_tokens?: number;
        };
        /**
         * UserShown
         * @description Who is signed in.
         */
        UserShown: {
            id: string;
            /** @enum {unknown} */
            kind: "member" | "person";
            /** @enum {unknown} */
            role: "admin" | "customer" | "operator" | "owner" | "reviewer";
            name: string;
        };
        /**
         * VersionShown
         * @description Which build answers.
         */
        VersionShown: {
            name: string;
            version: string;
        };
        /**
         * Watch
         * @description Follow a conversation from `after` (0 = all; absent = the last 50 messages and all since).
         */
        Watch: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            t: "watch";
            c: string;
            after?: number;
        };
        /**
         * Watching
         * @description Followed by the events after `after`, in order, then a snapshot per open message, then live.
         *
         *     `recovered: false`: nothing follows; watch again without `after`.
         */
        Watching: {
            /** @constant */
            t: "watching";
            c: string;
            epoch: string;
            head: number;
            after: number;
            recovered: boolean;
        };
        /**
         * Welcome
         * @description Signed in. The server pings at the WebSocket level every `ping` seconds.
         */
        Welcome: {
            /** @constant */
            t: "welcome";
            user: components["schemas"]["SocketUser"];
            ping: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    check_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A provider asks whether this address expects it: answered with its challenge. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        /** @description At most 3145728 bytes, signed. */
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description What a provider tells us: answered once it is durable. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_whatsapp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_whatsapp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 3145728 bytes, signed. */
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 3145728 bytes, signed. */
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_channel_whatsapp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A provider asks whether this address expects it. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_channel_whatsapp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 3145728 bytes, signed. */
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description What a provider tells us. At an address without an account: where there is exactly one WhatsApp here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    say: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request makes nothing new; with another request it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description Write into a conversation. 201: it is durable. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageKept"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_conversations: {
        parameters: {
            query?: {
                before?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Conversations, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_conversation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request makes nothing new; with another request it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewConversation"];
            };
        };
        responses: {
            /** @description Start a conversation of one's own. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationShown"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One conversation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationShown"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The log, in order, as this caller sees it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where each message stands on each channel. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deliveries"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bindings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The channels of a conversation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bindings"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    choose_bindings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["BindingsAsked"];
            };
        };
        responses: {
            /** @description Set how a conversation uses its channels. A second `active` one is a move. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bindings"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_conversation: {
        parameters: {
            query?: {
                format?: "json" | "md";
            };
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conversation as a file: all events as JSON, or the words as Markdown. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                    "text/markdown": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Sign in. Failures make the next tries wait, per address and per place. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description The next access token. A used refresh token gets the same successor for 10 s, then ends the session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description End the session: its tokens and its sockets too. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who I am, and my limits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    socket_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A one-use ticket for the first frame of a socket; see /protocol. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same as /livez. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: {
                verbose?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages can be kept; `?verbose` says what was checked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is checked, and every channel's state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthShown"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthShown"];
                };
            };
        };
    };
    version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Which build answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionShown"];
                };
            };
        };
    };
    about: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What a sign-in page needs to know. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus; open on loopback, elsewhere for members and the scrape token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All channels of this build, with the organisation's accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channels"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accounts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A channel's accounts, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request makes nothing new; with another request it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                channel: string;
            };
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountAsked"];
            };
        };
        responses: {
            /** @description A new account. Secrets are kept sealed, and told to nobody again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountShown"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One account: its state, and which secrets are set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountShown"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountAsked"];
            };
        };
        responses: {
            /** @description What is left out stays; an empty text removes the secret or option of that name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountShown"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take it away, unless people are reached through it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    manifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document that makes our app at the provider, ready to paste. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Manifest"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enable_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switch it on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountShown"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disable_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switch it off: its webhook is a 404, nothing is sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountShown"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quarantine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What came signed from the provider and was not understood, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quarantine"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
                n: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One of them with its body, base64. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptAside"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_quarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
                n: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read it again with today's code; what is understood is heard now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retried"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ask the provider whether the credentials work now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tested"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connect_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where at the provider an admin agrees; the answer comes back to /oauth/{channel}/callback. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connecting"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_file: {
        parameters: {
            query?: {
                name?: string;
                voice?: string;
            };
            header?: never;
            path: {
                conversation: string;
            };
            cookie?: never;
        };
        /** @description At most 25000000 bytes, signed. */
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description Attach a file: name it in a message's `attachments` afterwards. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileShown"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    file_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A link to a file, which ends after a quarter of an hour. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLink"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drop_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take back a file that was not sent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    open_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes behind a link, to be saved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The part that the Range header asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    links: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Codes that something may still become of. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkAsked"];
            };
        };
        responses: {
            /** @description A code that links a channel: send it from there. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkMade"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sender of the code was me: the address is mine from now on. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refuse_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was somebody else. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description My addresses, in the order in which I want to be reached. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An address is not mine any more. Nothing that was said is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prefer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesAsked"];
            };
        };
        responses: {
            /** @description In which order I want to be reached, and when nothing shall ring. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityList"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request makes nothing new; with another request it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                channel: string;
            };
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendAsked"];
            };
        };
        responses: {
            /** @description Write first: to a phone number, a mail address or somebody known, on a channel of the organisation's. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendTaken"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lost: {
        parameters: {
            query?: {
                before?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What got through nowhere, or waits for a member to say; newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LostPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resend_lost: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same request makes nothing new; with another request it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResendAsked"];
            };
        };
        responses: {
            /** @description Send some of it again, or all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResendTaken"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settle_lost: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArrivalSaid"];
            };
        };
        responses: {
            /** @description Say of a doubtful one that it arrived. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArrivalKept"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delivery_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How long a message is tried, and what becomes of it then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPolicy"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_delivery_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 262144 bytes. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliveryPolicyAsked"];
            };
        };
        responses: {
            /** @description Change it: what is left out stays. It holds at once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPolicy"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The HTTP side, OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    asyncapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket, AsyncAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to try things on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redoc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document as a page to read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket's frames as a page to read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    manual_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script or style of the manual's pages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
