using System.Text.Json;
using Credence.Audit;
using Credence.Configurations;
using Credence.Messages;
using Credence.Tests.Support;

namespace Credence.Tests.Messages;

/// <summary>What tests of messages do again and again.</summary>
internal static class Post
{
    public const string Code = "481516";

    /// <summary>A mail with a code in it.</summary>
    public static Message Mail(string to = "ada@example.com", string locale = "en", MessageOrigin? origin = null) =>
        new(MessageChannel.Mail, to, "verify-email", locale, Values()) { Origin = origin };

    /// <summary>A short message with a code in it.</summary>
    public static Message Sms(string to = "+84901234567", string locale = "en") => new(MessageChannel.Sms, to, "phone-auth", locale, Values());

    public static Dictionary<string, string> Values(string name = "Ada") => new(StringComparer.Ordinal) { ["code"] = Code, ["minutes"] = "10", ["name"] = name };

    public static async Task QueueAsync(this World world, params Message[] messages)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        foreach (var message in messages) await world.Get<MessageQueue>().AddAsync(tx, message, World.Ct);
        await tx.CommitAsync();
    }

    public static Task SendMailsAsync(this World world) => world.SendAsync(MessageChannel.Mail);

    public static Task SendTextsAsync(this World world) => world.SendAsync(MessageChannel.Sms);

    private static async Task SendAsync(this World world, MessageChannel channel)
    {
        await world.Get<DeliverMessages>().RunAsync(MessageChannel.Unaddressed, World.Ct);
        await world.Get<DeliverMessages>().RunAsync(channel, World.Ct);
    }

    public static Task<long> WaitingAsync(this World world) => world.CountAsync($"select count(*) as n from messages");

    public static async Task SetAsync(this World world, string group, string code, string value, string? credential = null)
    {
        var act = new AuditEvent(world.Caller.Organization.ToString(), "configuration.changed", "ada", $"{group}/{code}");
        var set = await world.Get<ChangeConfiguration>().RunAsync(new ChangeConfiguration.Input(group, code, JsonElement.Parse(value), credential), act, World.Ct);
        Assert.True(set.Succeeded, set.Failure?.Detail);
    }
}
