using System.Collections.Concurrent;
using Credence.Messages;
using Credence.Outgoing;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Messages;

/// <summary>The queue: nothing lost, nothing twice, nothing lying about (contract identity A 41, B.6; decision 0038).</summary>
public sealed class DeliverMessagesTests
{
    [Theory, EachEngine]
    public async Task A_message_goes_out_with_the_commit_of_what_it_tells_of_and_not_without(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        await using (var undone = await world.Db.BeginAsync(World.Ct))
        {
            await world.Get<MessageQueue>().AddAsync(undone, Post.Mail("eve@example.com"), World.Ct);
        }

        await world.QueueAsync(Post.Mail());
        await world.SendMailsAsync();

        var mail = MailServer.Read(Assert.Single(server.All));
        Assert.Contains("RCPT TO:<ada@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains(Post.Code, mail, StringComparison.Ordinal);
        Assert.Equal(0, await world.WaitingAsync());
    }

    [Theory, EachEngine]
    public async Task While_it_waits_neither_code_nor_address_can_be_read_in_the_database(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.QueueAsync(Post.Mail());
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from messages where body like 'v1.%' and body not like {$"%{Post.Code}%"} and body not like '%ada%'"));
        Assert.DoesNotContain(Post.Code, Post.Mail().ToString(), StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task However_many_nodes_send_at_once_each_message_goes_out_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = node.Get<MailOptions>().Server = server.At();
        await world.QueueAsync([.. Enumerable.Range(0, 40).Select(number => Post.Mail($"person{number}@example.com"))]);

        await World.AllAtOnceAsync(20, async number =>
        {
            await (number % 2 == 0 ? world : node).SendMailsAsync();
            return number;
        });

        Assert.Equal(40, server.All.Count);
        Assert.Equal(40, server.All.Select(mail => mail.Split("RCPT TO:<")[1].Split('>')[0]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(0, await world.WaitingAsync());
    }

    [Theory, EachEngine]
    public async Task What_a_node_had_taken_when_it_crashed_another_sends_after_the_lease_and_not_before(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        await world.QueueAsync(Post.Mail());
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            Assert.Single(await MessageStore.TakeAsync(tx, MessageChannel.Mail, 16, world.Now + world.Get<MessageOptions>().Lease, world.Now, World.Ct));
            await tx.CommitAsync();
        }

        world.Clock.Advance(world.Get<MessageOptions>().Lease - TimeSpan.FromMilliseconds(1));
        await world.SendMailsAsync();
        Assert.Empty(server.All);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await world.SendMailsAsync();
        Assert.Single(server.All);
    }

    [Theory, EachEngine]
    public async Task A_failing_message_is_tried_again_after_1_2_and_4_seconds_and_then_given_up_and_told_of_once(EngineKind engine)
    {
        var told = new ConcurrentQueue<MessageOrigin>();
        await using var world = await World.OnAsync(engine);
        world.Get<GivenUpListener>().Heard = told.Enqueue;
        await using var server = new MailServer { Answer = line => line == "DATA" ? "451 later" : null };
        world.Get<MailOptions>().Server = server.At();
        var origin = new MessageOrigin(GivenUpListener.Kind, "verify-email", "ada@example.com");
        await world.QueueAsync(Post.Mail(origin: origin));
        await world.SendMailsAsync();
        for (var (attempts, rest) = (1, 1); attempts <= 3; attempts++, rest *= 2)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(rest) - TimeSpan.FromMilliseconds(1));
            await world.SendMailsAsync();
            Assert.Equal(attempts, server.Commands.Count(line => line == "DATA"));
            Assert.Empty(told);
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.SendMailsAsync();
        }

        Assert.Equal(4, server.Commands.Count(line => line == "DATA"));
        Assert.Equal(0, await world.WaitingAsync());
        Assert.Equal(origin, Assert.Single(told));
        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.SendMailsAsync();
        Assert.Equal(4, server.Commands.Count(line => line == "DATA"));
    }

    [Theory, EachEngine]
    public async Task A_refusal_for_good_is_not_repeated(EngineKind engine)
    {
        var told = new ConcurrentQueue<MessageOrigin>();
        await using var world = await World.OnAsync(engine);
        world.Get<GivenUpListener>().Heard = told.Enqueue;
        await using var server = new MailServer { Answer = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 nobody" : null };
        world.Get<MailOptions>().Server = server.At();
        await world.QueueAsync(Post.Mail(origin: new MessageOrigin(GivenUpListener.Kind, "verify-email", "ada@example.com")));
        await world.SendMailsAsync();
        Assert.Equal(0, await world.WaitingAsync());
        Assert.Single(told);
    }

    [Theory, EachEngine]
    public async Task What_no_room_can_address_is_given_up(EngineKind engine)
    {
        var told = new ConcurrentQueue<MessageOrigin>();
        await using var world = await World.OnAsync(engine);
        world.Get<GivenUpListener>().Heard = told.Enqueue;
        await world.QueueAsync(Post.Mail() with { Channel = MessageChannel.Unaddressed, Origin = new MessageOrigin(GivenUpListener.Kind, "verify-email", "ada@example.com") });
        await world.SendMailsAsync();
        Assert.Equal(0, await world.WaitingAsync());
        Assert.Single(told);
    }

    [Theory, EachEngine]
    public async Task A_listener_that_fails_and_one_of_another_kind_change_nothing(EngineKind engine)
    {
        var told = new ConcurrentQueue<MessageOrigin>();
        await using var world = await World.OnAsync(engine);
        world.Get<GivenUpListener>().Heard = origin =>
        {
            told.Enqueue(origin);
            throw new InvalidOperationException("not now");
        };
        await using var server = new MailServer { Answer = _ => "554 no" };
        world.Get<MailOptions>().Server = server.At();
        await world.QueueAsync(
            Post.Mail(origin: new MessageOrigin(GivenUpListener.Kind, "verify-email", "ada@example.com")), Post.Mail(origin: new MessageOrigin("other", "x", "y")), Post.Mail());
        await world.SendMailsAsync();
        Assert.Equal("verify-email", Assert.Single(told).Namespace);
        Assert.Equal(0, await world.WaitingAsync());
    }

    [Fact]
    public async Task A_server_that_was_away_gets_what_waited_once_it_is_back()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        world.Get<MailOptions>().Server = new SmtpServer("127.0.0.1", ServerProcess.FreePort(), SmtpSecurity.None, null, null);
        await world.QueueAsync(Post.Mail());
        await world.SendMailsAsync();
        Assert.Equal(1, await world.WaitingAsync());

        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.SendMailsAsync();
        Assert.Single(server.All);
    }

    [Fact]
    public async Task A_second_attempt_is_the_same_mail()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var server = new MailServer { Answer = line => line == "." ? "451 later" : null };
        world.Get<MailOptions>().Server = server.At();
        await world.QueueAsync(Post.Mail());
        var id = (await world.Db.FirstAsync($"select id from messages", row => row.Text("id"), World.Ct))!;
        await world.SendMailsAsync();
        server.Answer = _ => null;
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.SendMailsAsync();
        Assert.Contains($"Message-ID: <{id}@localhost>\r\n", Assert.Single(server.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_hold_any_more_is_not_sent()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        await world.QueueAsync(Post.Mail() with { Until = world.Now + TimeSpan.FromMinutes(10) });
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.SendMailsAsync();
        Assert.Empty(server.All);
        Assert.Equal(0, await world.WaitingAsync());
    }

    [Fact]
    public async Task While_one_server_hangs_what_is_queued_for_others_goes_out()
    {
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var slow = new MailServer { Pause = () => hangs.Task };
        await using var provider = await Receiver.StartAsync();
        world.Get<MailOptions>().Server = slow.At();
        await world.SetAsync("SMS", "provider", $$$"""{"url":"{{{provider.Url}}}/send","body":"{\"to\":\"{{to}}\"}"}""");
        world.Get<DeliverMessages>().Listen();
        await world.QueueAsync(Post.Mail("slow@example.com"));
        var mails = world.SendMailsAsync();
        await world.QueueAsync(Post.Sms());
        await world.SendTextsAsync();
        Assert.Single(provider.All);

        await using var fast = new MailServer();
        world.Get<MailOptions>().Server = fast.At();
        await world.QueueAsync(Post.Mail("fast@example.com")); // the round that waits for the slow one takes it too
        for (var patience = 0; fast.All.Count == 0 && patience < 1000; patience++) await Task.Delay(20, World.Ct);
        Assert.Contains("fast@example.com", Assert.Single(fast.All), StringComparison.Ordinal);
        Assert.False(mails.IsCompleted);
        hangs.SetResult();
        await mails;
        Assert.Contains("slow@example.com", Assert.Single(slow.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_no_template_is_a_mistake_of_the_program()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await Assert.ThrowsAsync<ArgumentException>(() => world.QueueAsync(Post.Mail() with { Template = "phone-auth" }));
    }
}
