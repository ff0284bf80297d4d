using System.Text.RegularExpressions;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Messages;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

/// <summary>Codes that speak for people: whose they may become, and what nobody can tell (contract identity A 22, B.6).</summary>
public sealed partial class PersonCodesTests
{
    private const string Address = "ada@example.test";

    [GeneratedRegex(@"^\d{6}\r?$", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodeLine();

    [Theory, EachEngine]
    public async Task Of_one_who_proves_an_address_and_one_who_adds_it_at_once_one_has_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        for (var round = 0; round < 10; round++)
        {
            var (address, owner, other) = ($"ada{round}@example.test", $"owner{round}", $"other{round}");
            var begun = (await world.SignUpAsync(owner, address)).Value;
            var holder = begun.Person;
            var proving = await CodeAsync(world, mails, address);
            await world.PersonAsync(other);
            var caller = (await world.SignInAsync(other)).Value.ToCaller();
            var adding = (await world.Get<LinkIdentifier>().RequestAsync(caller, IdentifierScheme.Email, address, World.Ct)).Value;
            var added = await CodeAsync(world, mails, address);

            var (verified, linked) = (
                world.Get<VerifyIdentifier>().ConfirmAsync(IdentifierScheme.Email, begun.Verification!.SessionToken, proving, PeopleInWorld.Here, World.Ct),
                world.Get<LinkIdentifier>().ConfirmAsync(caller, IdentifierScheme.Email, adding.SessionToken, added, World.Ct));
            await Task.WhenAll(verified, linked);

            var now = await PersonStore.FindAsync(world.Db, IdentifierScheme.Email, address, World.Ct);
            Assert.True(now is { Verified: true, MaySignIn: true });
            Assert.Equal((await linked).Succeeded ? caller.Person : holder, now.Person);
            if (!(await linked).Succeeded) Assert.Equal(SignInFailures.IdentifierProven, (await linked).Failure);
        }
    }

    [Theory, EachEngine]
    public async Task An_address_nobody_proved_recovers_an_account_until_something_else_of_it_is_proven(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        await world.PersonAsync("ada1", Address);
        await CodeAsync(world, mails, Address);
        var recover = world.Get<RecoverPassword>();
        var asked = (await recover.RequestAsync(IdentifierScheme.Email, Address, null, World.Ct)).Value;
        var token = (await recover.ProveAsync(asked.SessionToken, await CodeAsync(world, mails, Address), World.Ct)).Value.Token;

        var caller = (await world.SignInAsync()).Value.ToCaller();
        var sent = (await world.Get<LinkIdentifier>().RequestAsync(caller, IdentifierScheme.Email, "other@example.test", World.Ct)).Value;
        var code = await CodeAsync(world, mails, "other@example.test");
        Assert.True((await world.Get<LinkIdentifier>().ConfirmAsync(caller, IdentifierScheme.Email, sent.SessionToken, code, World.Ct)).Succeeded);

        Assert.Equal(CodeFailures.Invalid, (await recover.ResetAsync(new(token, "twelve drummers", PeopleInWorld.Here), World.Ct)).Failure);
        Assert.True((await world.SignInAsync()).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await recover.RequestAsync(IdentifierScheme.Email, Address, null, World.Ct)).Succeeded);
        await world.SendMailsAsync();
        Assert.Equal(3, mails.All.Count(mail => mail.Contains($"<{Address}>", StringComparison.Ordinal))); // the welcome and two codes: this one went to nobody
    }

    [Theory, EachEngine]
    public async Task A_new_password_proves_the_address_and_ends_every_token(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        var person = await world.PersonAsync("ada1", Address);
        await CodeAsync(world, mails, Address);
        var signed = (await world.SignInAsync()).Value;
        var recover = world.Get<RecoverPassword>();
        var asked = (await recover.RequestAsync(IdentifierScheme.Email, Address, null, World.Ct)).Value;
        var token = (await recover.ProveAsync(asked.SessionToken, await CodeAsync(world, mails, Address), World.Ct)).Value.Token;
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await recover.ResetAsync(new(token, "twelve drummers", PeopleInWorld.Here), World.Ct)).Value);

        Assert.NotNull(await world.RefusalAsync(signed));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await world.SignInAsync(Address, "twelve drummers", IdentifierScheme.Email);
        Assert.Null(await world.RefusalAsync(again.Value));
        Assert.Equal(1, await world.AuditedAsync("person.password_reset", person.ToString()));
        await world.SendMailsAsync();
        Assert.Contains("password was changed", mails.All[^1], StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Who_is_stopped_between_request_and_code_gets_nothing(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        var person = await world.PersonAsync("ada1", Address);
        await CodeAsync(world, mails, Address);
        var recover = world.Get<RecoverPassword>();
        var asked = (await recover.RequestAsync(IdentifierScheme.Email, Address, null, World.Ct)).Value;
        var token = (await recover.ProveAsync(asked.SessionToken, await CodeAsync(world, mails, Address), World.Ct)).Value.Token;
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update people set status = {PersonStatus.Locked} where id = {person}", World.Ct);
            await tx.CommitAsync();
        }

        Assert.Equal(CodeFailures.Invalid, (await recover.ResetAsync(new(token, "twelve drummers", PeopleInWorld.Here), World.Ct)).Failure);
        Assert.Equal(0, await world.AuditedAsync("person.password_reset"));
    }

    [Theory, EachEngine]
    public async Task A_request_about_nobody_queues_a_message_that_goes_nowhere(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        await world.PersonAsync("ada1");
        foreach (var scheme in new[] { IdentifierScheme.Email, IdentifierScheme.PhoneNumber })
        {
            var value = scheme == IdentifierScheme.Email ? "nobody@example.test" : "+84912345678";
            Assert.True((await world.Get<VerifyIdentifier>().RequestAsync(scheme, value, null, World.Ct)).Succeeded);
            Assert.True((await world.Get<RecoverPassword>().RequestAsync(scheme, value, null, World.Ct)).Succeeded);
        }

        Assert.True((await world.Get<SignInWithCode>().RequestAsync("+84912345678", null, World.Ct)).Succeeded);
        Assert.True((await world.Get<RecoverPassword>().RequestAsync(IdentifierScheme.Username, "ada1", null, World.Ct)).Succeeded);
        Assert.Equal(6, await world.WaitingAsync());
        await world.SendMailsAsync();
        await world.SendTextsAsync();
        Assert.Equal(0, await world.WaitingAsync());
        Assert.Empty(mails.Commands);
    }

    [Theory, EachEngine]
    public async Task Until_a_request_is_answered_nobody_asks_whether_there_is_anybody(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        await world.PersonAsync("ada1", Address);
        await CodeAsync(world, mails, Address);
        foreach (var address in new[] { Address, "nobody@example.test" })
        {
            Assert.True((await world.Get<RecoverPassword>().RequestAsync(IdentifierScheme.Email, address, null, World.Ct)).Succeeded);
        }

        var bodies = await world.Db.ListAsync($"select channel, template, length(body) as n from messages", row => (row.Text("channel"), row.Text("template"), row.Int("n")), World.Ct);
        Assert.Equal([("unaddressed", "forgot-password")], bodies.Select(body => (body.Item1, body.Item2)).Distinct());
        Assert.InRange(Math.Abs(bodies[0].Item3 - bodies[1].Item3), 0, 40); // the address alone: there is no code yet
    }

    [Theory, EachEngine]
    public async Task However_many_look_at_once_for_whom_a_code_goes_to_each_goes_out_once_and_is_right(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var mails = MailsOf(world);
        var addresses = Enumerable.Range(0, 10).Select(number => $"ada{number}@example.test").ToList();
        foreach (var address in addresses) await world.PersonAsync(address.Split('@')[0], address);
        await world.SendMailsAsync();
        var before = mails.All.Count;
        var asked = new List<CodeSent>();
        foreach (var address in addresses) asked.Add((await world.Get<RecoverPassword>().RequestAsync(IdentifierScheme.Email, address, null, World.Ct)).Value);

        await World.AllAtOnceAsync(20, async number =>
        {
            await world.SendMailsAsync();
            return number;
        });

        Assert.Equal(addresses.Count, mails.All.Count - before);
        foreach (var (address, sent) in addresses.Zip(asked))
        {
            Assert.True((await world.Get<RecoverPassword>().ProveAsync(sent.SessionToken, await CodeAsync(world, mails, address), World.Ct)).Succeeded);
        }
    }

    private static MailServer MailsOf(World world)
    {
        var mails = new MailServer();
        world.Get<MailOptions>().Server = mails.At();
        return mails;
    }

    /// <summary>Sends what waits: the code in the newest mail to an address that has one.</summary>
    private static async Task<string> CodeAsync(World world, MailServer mails, string address)
    {
        await world.SendMailsAsync();
        var mail = mails.All.Last(each => each.Contains($"<{address}>", StringComparison.Ordinal) && CodeLine().IsMatch(MailServer.Read(each)));
        return CodeLine().Match(MailServer.Read(mail)).Value.Trim();
    }
}
