using Npgsql;

namespace Credence.Bench;

/// <summary>
/// Fills one organization with grants as the server leaves them: each with its consent request, token, refresh token, two events and five sealed
/// audit entries, and one that its developer logged for every second grant. Only the hashes of those entries are made up: nobody reads them here,
/// and a chain cannot be made as a set.
/// </summary>
internal static class Fill
{
    /// <summary>One of the agents that the grants are for.</summary>
    public const string OneAgent = "ag_00000000000000000000000007";

    private const int PerBatch = 20_000;

    // Ids are as long and as ordered as real ones: 12 hexadecimal digits of the time and 14 of chance are 26 characters of a ULID's alphabet.
    private const string Batch = """
        create temporary table filled on commit drop as
        select number, @now - number as at, md5(random()::text || number) as chance, lpad(upper(to_hex(@now - number)), 12, '0') as time,
               'ag_' || lpad(upper(to_hex(1 + number % 100)), 26, '0') as agent
        from generate_series(@first::bigint, @last::bigint) as number;
        alter table filled add id text;
        update filled set id = time || upper(left(chance, 14));

        insert into consent_requests (id, organization_id, agent_id, principal_id, scopes, lifetime_ms, expires_ms, status, proof, code_hash, created_ms, decided_ms)
        select 'areq_' || id, @organization, agent, 'filled-' || number / 3, '["calendar:read","email:send"]', 86400000, at + 2592000000, 'consumed', 'link',
               encode(sha256(chance::bytea), 'hex'), at, at from filled;

        insert into grants (id, organization_id, agent_id, principal_id, scopes, status, consent_proof, root_id, depth, issued_ms, expires_ms)
        select 'grnt_' || id, @organization, agent, 'filled-' || number / 3, '["calendar:read","email:send"]', 'active', 'link', 'grnt_' || id, 0, at, at + 2592000000 from filled;

        insert into grant_tokens (id, grant_id, organization_id, expires_ms)
        select 'tok_' || id, 'grnt_' || id, @organization, at + 2592000000 from filled;

        insert into refresh_tokens (hash, grant_id, expires_ms)
        select encode(sha256(('r' || chance)::bytea), 'hex'), 'grnt_' || id, at + 2592000000 from filled;

        update heads set value = value + (@last - @first + 1) * 2 where name = 'events';
        insert into events (id, organization_id, type, data, created_ms, position)
        select 'evt_' || time || upper(left(md5(chance || copy), 14)), @organization, 'grant.created', '{"grantId":"grnt_' || id || '","agentId":"' || agent || '"}', at,
               (select value from heads where name = 'events') - (@last - number) * 2 - (2 - copy)
        from filled, generate_series(1, 2) as copy;

        insert into audit_entries (id, organization_id, chain, body, created_ms, seq, hash, prev_hash, leaf, leaf_hash)
        select 'alog_' || time || upper(left(md5(chance || copy), 14)), @organization, 'system',
               '{"actor":"key_filled","data":{"agent":"' || agent || '"},"id":"grnt_' || id || '","type":"grant.created","v":1}', at,
               @sealed + (number - @first) * 5 + copy, encode(sha256((chance || copy)::bytea), 'hex'), encode(sha256((chance || copy - 1)::bytea), 'hex'),
               @tree + (number - @first) * 5 + copy - 1, sha256((chance || copy)::bytea)
        from filled, generate_series(1, 5) as copy;

        insert into audit_entries (id, organization_id, chain, body, created_ms, seq, hash, prev_hash, leaf, leaf_hash, agent_id, grant_id, principal_id, action, status)
        select 'alog_' || id, @organization, 'application',
               '{"id":"alog_' || id || '","agentId":"' || agent || '","agentDid":"did:grantex:' || agent || '","grantId":"grnt_' || id || '","principalId":"filled-'
               || number / 3 || '","developerId":"' || @organization || '","action":"calendar.read","metadata":{"calendar":"work","entries":' || number
               || '},"timestamp":"2026-01-01T00:00:00.000Z","prevHash":null,"status":"success"}', @now - 100000000 + number,
               @logged + (number - @first) / 2 + 1, encode(sha256(chance::bytea), 'hex'), encode(sha256(('p' || chance)::bytea), 'hex'),
               @tree + (@last - @first + 1) * 5 + (number - @first) / 2, sha256(chance::bytea), agent, 'grnt_' || id, 'filled-' || number / 3, 'calendar.read', 'success'
        from filled where @logs and (number - @first) % 2 = 0;

        update audit_heads set seq = seq + case chain
            when 'system' then (@last - @first + 1) * 5
            when 'application' then case when @logs then (@last - @first + 2) / 2 else 0 end
            else (@last - @first + 1) * 5 + case when @logs then (@last - @first + 2) / 2 else 0 end end
        where organization_id = @organization;
        """;

    private const string Hold = """
        insert into audit_heads (organization_id, chain, seq) values (@organization, @chain, 0)
        on conflict (organization_id, chain) do update set seq = audit_heads.seq returning seq
        """;

    /// <summary>Adds grants until the organization has <paramref name="wanted"/>, and entries of its developer unless <paramref name="logs"/> is false. The server may run meanwhile.</summary>
    public static async Task RunAsync(string databaseUrl, string organization, int wanted, bool logs, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(databaseUrl));
        await using var connection = await source.OpenConnectionAsync(ct);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await AddAgentsAsync(connection, organization, now, ct);
        var there = await NumberAsync(connection, "select count(*) from grants where organization_id = $1", organization, ct);
        for (var first = there + 1; first <= wanted; first += PerBatch)
        {
            var last = Math.Min(first + PerBatch - 1, wanted);
            await AddAsync(connection, organization, now, first, last, logs, ct);
            Console.Error.WriteLine($"    {last:N0} of {wanted:N0} grants");
        }

        await using var tidy = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 0 }; // as autovacuum would have, had it grown slowly
        await tidy.ExecuteNonQueryAsync(ct);
    }

    private static async Task AddAsync(NpgsqlConnection connection, string organization, long now, long first, long last, bool logs, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var chain in new[] { "tree", "system", "application" }) // holds them, as who seals does
        {
            await using var hold = new NpgsqlCommand(Hold, connection, tx);
            hold.Parameters.AddWithValue("organization", organization);
            hold.Parameters.AddWithValue("chain", chain);
            heads[chain] = (long)(await hold.ExecuteScalarAsync(ct))!;
        }

        await using var command = new NpgsqlCommand(Batch, connection, tx) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("organization", organization);
        command.Parameters.AddWithValue("now", now);
        command.Parameters.AddWithValue("first", first);
        command.Parameters.AddWithValue("last", last);
        command.Parameters.AddWithValue("logs", logs);
        command.Parameters.AddWithValue("sealed", heads["system"]);
        command.Parameters.AddWithValue("logged", heads["application"]);
        command.Parameters.AddWithValue("tree", heads["tree"]);
        await command.ExecuteNonQueryAsync(ct);
        await tx.CommitAsync(ct);
    }

    private static async Task AddAgentsAsync(NpgsqlConnection connection, string organization, long now, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into agents (id, organization_id, name, description, scopes, redirect_uris, status, created_ms, updated_ms)
            select 'ag_' || lpad(upper(to_hex(number)), 26, '0'), $1, 'filled ' || number, '', '[]', '[]', 'active', $2, $2
            from generate_series(1, 100) as number on conflict (id) do nothing
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = organization });
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql, string organization, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = organization });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>What the client of PostgreSQL wants to hear of an address.</summary>
    internal static string ConnectionString(string url)
    {
        var uri = new Uri(url);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Database = uri.AbsolutePath.TrimStart('/'),
            Username = uri.UserInfo.Split(':')[0],
            Password = uri.UserInfo.Contains(':', StringComparison.Ordinal) ? Uri.UnescapeDataString(uri.UserInfo.Split(':')[1]) : null,
            SearchPath = "credence,public",
        }.ConnectionString;
    }
}
