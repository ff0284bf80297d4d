using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Credence.Passwords;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Hosting;
using Credence.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.SignIn;

/// <summary>A table of the documented name that was there before this server (contract forward-auth A 34, C.3, C.4).</summary>
public sealed class AdoptUsersTests
{
    private const string Ada = "6f1f7c52-8d0b-4c0e-9a67-0d4a3f6c1b11";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_of_a_table_that_was_there_log_in_with_the_passwords_they_had_and_the_view_takes_its_name()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        await MakeTableAsync(database.Db);
        var hash = Bcrypt.Hash("eleven pipers"u8, cost: 4);
        await ExecuteAsync(
            database.Db,
            $"""
            insert into public.users (id, email, password_hash, role, created_at) values
            ({Ada}::uuid, 'Ada@Example.test', {hash}, 'admin', '2024-05-06T07:08:09Z'), (gen_random_uuid(), 'ada@example.test', {hash}, 'user', now()),
            (gen_random_uuid(), 'no address', {hash}, 'user', now())
            """);
        for (var number = 0; number < 250; number++) await ExecuteAsync(database.Db, $"insert into public.users (email, password_hash) values ({$"p{number}@example.test"}, {hash})");

        await using (var host = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url)))
        {
            var claims = await LogInAsync(host, "ada@example.test");
            Assert.Equal((Ada, "admin"), (claims.GetProperty("sub").GetString(), claims.GetProperty("role").GetString()));
            Assert.Equal("user", (await LogInAsync(host, "p7@example.test")).GetProperty("role").GetString()); // the quotes around it are gone
        }

        Assert.Equal(251, await CountAsync(database.Db, $"select count(*) as n from public.users"));
        Assert.Equal(253, await CountAsync(database.Db, $"select count(*) as n from public.users_adopted"));
        Assert.Equal(1, await CountAsync(
            database.Db, $"select count(*) as n from public.users where id = {Ada}::uuid and email = 'ada@example.test' and role = 'admin' and created_at = '2024-05-06T07:08:09Z'"));

        // At the login the weak hash became one of the cost that is set; a second start takes nothing twice.
        Assert.Equal(1, await CountAsync(database.Db, $"select count(*) as n from public.users where id = {Ada}::uuid and password_hash like '$2b$10$%'"));
        await using var again = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url));
        Assert.Equal(0, await again.App.Services.GetRequiredService<AdoptUsers>().RunAsync(Ct));
        Assert.Equal(251, await CountAsync(database.Db, $"select count(*) as n from public.users"));
    }

    [Fact]
    public async Task Another_table_of_that_name_is_left_alone_and_stops_nothing()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        await ExecuteAsync(database.Db, $"create table public.users (id bigint primary key, name text)");
        await ExecuteAsync(database.Db, $"insert into public.users values (7, 'somebody')");
        await using var host = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url));
        using var answer = await host.Client.PostAsJsonAsync("/auth/register", new { email = "ada@example.test", password = "eleven pipers" }, Ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(1, await CountAsync(database.Db, $"select count(*) as n from public.users where name = 'somebody'"));
    }

    [Fact]
    public async Task Migrating_takes_the_people_over_too()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        await MakeTableAsync(database.Db);
        await ExecuteAsync(database.Db, $"insert into public.users (email, password_hash) values ('ada@example.test', 'x')");
        var (exitCode, _, _) = await ServerProcess.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = database.Url }, "migrate");
        Assert.Equal(0, exitCode);
        Assert.Equal(1, await CountAsync(database.Db, $"select count(*) as n from public.users where email = 'ada@example.test' and role = 'user'"));
    }

    private static Task MakeTableAsync(Db db) => ExecuteAsync(
        db,
        $"""
        create table public.users (id uuid primary key default gen_random_uuid(), email varchar(255) not null unique, password_hash text not null,
            role varchar(50) not null default '''user''', created_at timestamptz not null default now(), updated_at timestamptz not null default now())
        """);

    private static async Task<JsonElement> LogInAsync(HostUnderTest host, string email)
    {
        using var answer = await host.Client.PostAsJsonAsync("/auth/login", new { email, password = "eleven pipers" }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString()!;
        return JsonSerializer.Deserialize<JsonElement>(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
    }

    private static async Task ExecuteAsync(Db db, Sql sql)
    {
        await using var tx = await db.BeginAsync(Ct);
        await tx.ExecuteAsync(sql, Ct);
        await tx.CommitAsync();
    }

    private static Task<long> CountAsync(Db db, Sql sql) => db.NumberAsync(sql, Ct);
}
