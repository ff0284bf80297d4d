using Credence.Storage;

namespace Credence.People;

/// <summary>People, what they sign in with, and their passwords.</summary>
public static class PersonStore
{
    /// <summary>Adds somebody.</summary>
    public static Task AddAsync(DbTx tx, Person person, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into people (id, uuid, status, first_name, last_name, birthday, locale, created_ms, modified_ms)
            values ({person.Id}, {person.Uuid.ToString()}, {person.Status}, {person.Profile.FirstName}, {person.Profile.LastName}, {person.Profile.Birthday},
                {person.Profile.Locale}, {person.CreatedAt}, {person.ModifiedAt})
            """,
            ct);

    /// <summary>Adds what somebody signs in with.</summary>
    /// <returns>False when somebody has it already: of any number of callers one gets it.</returns>
    public static async Task<bool> AddAsync(DbTx tx, PersonIdentifier identifier, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into person_identifiers (id, person_id, scheme, value, verified, may_sign_in, created_ms)
            values ({identifier.Id}, {identifier.Person}, {identifier.Scheme}, {identifier.Value}, {identifier.Verified}, {identifier.MaySignIn}, {now})
            on conflict (scheme, value) where deleted_ms is null do nothing
            """,
            ct) == 1;

    /// <summary>A person who was not deleted, or null.</summary>
    public static Task<Person?> FindAsync(DbSession db, PersonId id, CancellationToken ct) =>
        db.FirstAsync($"select {Person.Columns} from people where id = {id} and deleted_ms is null", Person.Read, ct);

    /// <summary>Whether one of them was not deleted and may sign in.</summary>
    public static async Task<bool> IsAnyActivatedAsync(DbSession db, IReadOnlyCollection<PersonId> people, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from people where id in {Sql.List(people)} and status = {PersonStatus.Activated} and deleted_ms is null", ct) > 0;

    /// <summary>Writes what of a person can change. The caller holds their row.</summary>
    public static Task UpdateAsync(DbTx tx, Person person, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update people set status = {person.Status}, first_name = {person.Profile.FirstName}, last_name = {person.Profile.LastName},
                birthday = {person.Profile.Birthday}, locale = {person.Profile.Locale}
            where id = {person.Id}
            """,
            ct);

    /// <summary>Whose identifier it is, by its normalised value; null when it is nobody's.</summary>
    public static Task<PersonIdentifier?> FindAsync(DbSession db, IdentifierScheme scheme, string value, CancellationToken ct) =>
        db.FirstAsync(
            $"select {PersonIdentifier.Columns} from person_identifiers where scheme = {scheme} and value = {value} and deleted_ms is null",
            PersonIdentifier.Read, ct);

    /// <summary>Notes that an identifier was proven to be somebody's; it is good for signing in from then on.</summary>
    /// <returns>The identifier; null when it is not theirs.</returns>
    public static Task<PersonIdentifier?> VerifyAsync(DbTx tx, PersonId person, IdentifierScheme scheme, string value, CancellationToken ct) =>
        tx.FirstAsync(
            $"""
            update person_identifiers set verified = {true}, may_sign_in = {true}
            where scheme = {scheme} and value = {value} and deleted_ms is null and person_id = {person}
            returning {PersonIdentifier.Columns}
            """,
            PersonIdentifier.Read, ct);

    /// <summary>Takes an identifier from others who never proved that it is theirs.</summary>
    /// <returns>From whom; null when nobody else had it unproven.</returns>
    public static Task<PersonIdentifier?> TakeFromOthersAsync(DbTx tx, PersonId person, IdentifierScheme scheme, string value, DateTimeOffset now, CancellationToken ct) =>
        tx.FirstAsync(
            $"""
            update person_identifiers set deleted_ms = {now}
            where scheme = {scheme} and value = {value} and deleted_ms is null and verified = {false} and person_id <> {person}
            returning {PersonIdentifier.Columns}
            """,
            PersonIdentifier.Read, ct);

    /// <summary>Takes an identifier away from whom it is of.</summary>
    /// <returns>False when it is not theirs any more.</returns>
    public static async Task<bool> RemoveAsync(DbTx tx, PersonIdentifier identifier, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update person_identifiers set deleted_ms = {now} where id = {identifier.Id} and person_id = {identifier.Person} and deleted_ms is null", ct) == 1;

    /// <summary>What somebody signs in with, the oldest first.</summary>
    public static Task<List<PersonIdentifier>> IdentifiersAsync(DbSession db, PersonId person, CancellationToken ct) =>
        db.ListAsync(
            $"select {PersonIdentifier.Columns} from person_identifiers where person_id = {person} and deleted_ms is null order by created_ms, id",
            PersonIdentifier.Read, ct);

    /// <summary>What several people sign in with, by the person, each person's the oldest first.</summary>
    public static async Task<ILookup<PersonId, PersonIdentifier>> IdentifiersOfAllAsync(DbSession db, IReadOnlyCollection<PersonId> people, CancellationToken ct) =>
        (await db.ListAsync(
            $"select {PersonIdentifier.Columns} from person_identifiers where person_id in {Sql.List(people)} and deleted_ms is null order by created_ms, id",
            PersonIdentifier.Read, ct))
        .ToLookup(identifier => identifier.Person);

    /// <summary>Notes that somebody signs in, if they may. It takes their row: until <paramref name="tx"/> ends nobody stops them or changes their password.</summary>
    /// <returns>False when they may not.</returns>
    public static async Task<bool> SignInAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update people set last_sign_in_ms = {now} where id = {person} and status = {PersonStatus.Activated} and deleted_ms is null", ct) == 1;

    /// <summary>Takes somebody's row until <paramref name="tx"/> ends.</summary>
    /// <returns>False when there is no such person.</returns>
    public static async Task<bool> HoldAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update people set modified_ms = {now} where id = {person} and deleted_ms is null", ct) == 1;

    /// <summary>Takes the row of somebody who may sign in until <paramref name="tx"/> ends, and changes nothing.</summary>
    /// <returns>False when they may not.</returns>
    public static async Task<bool> HoldActivatedAsync(DbTx tx, PersonId person, CancellationToken ct) =>
        await tx.ExecuteAsync($"update people set status = status where id = {person} and status = {PersonStatus.Activated} and deleted_ms is null", ct) == 1;

    /// <summary>Deletes somebody: the row stays, what they signed in with is free for others.</summary>
    /// <returns>False when there was no such person.</returns>
    public static async Task<bool> DeleteAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct)
    {
        if (await tx.ExecuteAsync($"update people set deleted_ms = {now}, modified_ms = {now} where id = {person} and deleted_ms is null", ct) == 0) return false;
        await tx.LaterAsync($"update person_identifiers set deleted_ms = {now} where person_id = {person} and deleted_ms is null", ct);
        await tx.LaterAsync($"delete from person_passwords where person_id = {person}", ct);
        await tx.LaterAsync($"delete from person_totp where person_id = {person}", ct);
        await tx.LaterAsync($"delete from person_recovery_codes where person_id = {person}", ct);
        return true;
    }
}
