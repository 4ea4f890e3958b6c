declare module 'smooch-core' {
  type Call = (...args: readonly unknown[]) => Promise<unknown>;

  /** What the tests use of the client, which has no types of its own. */
  class Smooch {
    constructor(options: {
      readonly keyId: string;
      readonly secret: string;
      readonly scope: string;
      readonly userId?: string;
      readonly serviceUrl: string;
    });
    readonly appUsers: {
      readonly create: Call;
      readonly get: Call;
      readonly update: Call;
      readonly sendMessage: Call;
      readonly getMessages: Call;
      readonly conversationActivity: Call;
      readonly getBusinessSystems: Call;
    };
    readonly conversations: { readonly get: Call; readonly resetUnreadCount: Call };
    readonly webhooks: {
      readonly create: Call;
      readonly list: Call;
      readonly get: Call;
      readonly update: Call;
      readonly delete: Call;
    };
    readonly integrations: { readonly list: Call; readonly get: Call; readonly delete: Call };
  }
  export = Smooch;
}
