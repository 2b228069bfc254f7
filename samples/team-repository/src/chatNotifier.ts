import { randomUUID } from 'node:crypto';
import type { Notification, Notifier } from 'etl-orchestrator/worker';

/** Creates a notifier that posts to a chat, or writes to the log without an address. */
export function chatNotifier(webhookUrl: string | undefined): Notifier {
  return {
    async publish(notification) {
      const id = randomUUID();
      const text = chatText(notification);
      if (!webhookUrl) console.log(text);
      else {
        const body = JSON.stringify({ id, text });
        const response = await fetch(webhookUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
        // The activity retries, so the chat may receive a notification twice.
        if (!response.ok) throw new Error(`the chat answered with status ${response.status}`);
      }
      return id;
    },
  };
}

/** Returns the text of a notification in the chat. */
export function chatText({ topic, subject, body }: Notification): string {
  const icon = topic === 'etl-success' ? '✅' : '🚨';
  return `${icon} ${subject}\n${body}`;
}
