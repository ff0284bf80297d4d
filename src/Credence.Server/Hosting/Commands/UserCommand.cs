using System.CommandLine;
using System.Text.Json;
using Credence.Administration;
using Credence.People;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence user create|show|lock|unlock|grant-role</c>: people's accounts, for an operator at a terminal. The first super administrator is made so.</summary>
internal static class UserCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) => new("user", "Makes, shows and locks people's accounts, and gives them roles.")
    {
        Create(settings), Show(settings), Grant(settings),
        Change(settings, "lock", "Shuts a person out: their sessions end, and their tokens count no more, within a second on every node.", PersonStatus.Locked),
        Change(settings, "unlock", "Lets a person sign in again.", PersonStatus.Activated),
    };

    private static Command Create(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var name = new Argument<string>("username") { Description = "4 to 80 Latin letters, digits, or signs of . _ -" };
        var email = new Option<string?>("--email") { Description = "Their e-mail address." };
        var phone = new Option<string?>("--phone") { Description = "Their telephone number, with its country." };
        var roles = new Option<string[]>("--role") { Description = "A role, such as SUPER_ADMIN; may be given several times. Without one it is DEFAULT_ROLE." };
        var command = new Command("create", "Makes an account, and shows its password for the only time.") { name, email, phone, roles, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var password = Secret.New("");
            if (Normalized.UserName(parsed.GetValue(name)!) is not { } user) return Tool.Refuse(Failure.Invalid("username must have 4 to 80 Latin letters, digits, or signs of . _ -"));
            if (!TryNormalize(IdentifierScheme.Email, parsed.GetValue(email), out var address)) return Tool.Refuse(Failure.Invalid("--email must be an e-mail address"));
            if (!TryNormalize(IdentifierScheme.PhoneNumber, parsed.GetValue(phone), out var number)) return Tool.Refuse(Failure.Invalid("--phone must be a telephone number with its country"));
            var given = parsed.GetValue(roles) is { Length: > 0 } some ? some : null;
            var input = new CreatePerson.Input(user, password, address, number, PersonProfile.None, PersonStatus.Activated, given);
            return Tool.Show(await services.GetRequiredService<CreatePerson>().RunAsync(Tool.Actor, input, ct), made => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new PersonMade(made.ToString(), password), ToolJson.Default.PersonMade)
                : $"userId={made}{Environment.NewLine}password={password}");
        }));
        return command;
    }

    private static Command Show(SettingValues settings)
    {
        var (json, who) = (ToolOptions.Json(), Who());
        var command = new Command("show", "Shows one person's account; nothing of what they sign in with.") { who, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var db = services.GetRequiredService<Db>();
            return await FindAsync(db, parsed.GetValue(who)!, ct) is { } id && await PersonStore.FindAsync(db, id, ct) is { } person
                ? Tool.Show<Person>(person, found => Text(found, parsed.GetValue(json)))
                : Tool.Refuse(PeopleFailures.NotFound);
        }));
        return command;
    }

    private static Command Change(SettingValues settings, string verb, string about, PersonStatus status)
    {
        var (json, who) = (ToolOptions.Json(), Who());
        var command = new Command(verb, about) { who, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            if (await FindAsync(services.GetRequiredService<Db>(), parsed.GetValue(who)!, ct) is not { } person) return Tool.Refuse(PeopleFailures.NotFound);
            var changed = await services.GetRequiredService<RevisePerson>().RunAsync(Tool.Actor, person, new RevisePerson.Change(status, profile => profile), ct);
            return Tool.Show(changed, found => Text(found, parsed.GetValue(json)));
        }));
        return command;
    }

    private static Argument<string> Who() => new("user") { Description = "The person's id, user name, e-mail address or telephone number." };

    private static string Text(Person person, bool json)
    {
        var shown = PersonShown.Of(person);
        return json ? JsonSerializer.Serialize(shown, ToolJson.Default.PersonShown) : shown.ToString();
    }

    private static Command Grant(SettingValues settings)
    {
        var (json, who) = (ToolOptions.Json(), Who());
        var role = new Argument<string>("role") { Description = "The role's identifier, such as SUPER_ADMIN." };
        var command = new Command("grant-role", "Gives a person a role in every domain; who has it keeps it. It counts within a second on every node, and is in their next token.") { who, role, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var text = parsed.GetValue(who)!;
            if (await FindAsync(services.GetRequiredService<Db>(), text, ct) is not { } person) return Tool.Refuse(PeopleFailures.NotFound);
            var granted = await services.GetRequiredService<GrantRole>().RunAsync(Tool.Actor, person, parsed.GetValue(role)!, ct);
            return Tool.Show(granted, isNew => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new RoleGranted(person.ToString(), parsed.GetValue(role)!, isNew), ToolJson.Default.RoleGranted)
                : $"{person} {(isNew ? "has" : "had")} {parsed.GetValue(role)}");
        }));
        return command;
    }

    private static bool TryNormalize(IdentifierScheme scheme, string? typed, out string? value)
    {
        value = typed is null ? null : Normalized.Of(scheme, typed);
        return typed is null || value is not null;
    }

    /// <summary>A number may be an id, and a user name too: the id goes first.</summary>
    private static async Task<PersonId?> FindAsync(Db db, string text, CancellationToken ct)
    {
        if (PersonId.TryParse(text, out var id) && await PersonStore.FindAsync(db, id, ct) is not null) return id;
        return await new PersonFilter(Status: null, text).ListAsync(db, 2, 0, ct) is [var only] ? only.Id : null;
    }
}

/// <summary>That a person has a role, as the command shows it, and whether they did not have it before.</summary>
internal sealed record RoleGranted(string UserId, string Role, bool IsNew);
