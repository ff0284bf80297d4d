using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.SignIn;

/// <summary>What a token says of a session, whichever door it is for: who, with which roles by now, and how they signed in.</summary>
public sealed class SessionClaims(Db db, TokenOptions options)
{
    /// <param name="session">The session.</param>
    /// <param name="audience">Who the token is for.</param>
    /// <param name="now">When it is made.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<PersonClaims> OfAsync(PersonSession session, string audience, DateTimeOffset now, CancellationToken ct)
    {
        var since = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()); // a token has whole seconds
        var roles = await RoleStore.OfAsync(db, session.Person.ToString(), ct);
        return new PersonClaims(
            options.Issuer, audience, session.Person, session.Id, session.ClientId,
            roles.ConvertAll(role => new ClaimedRole(role.Id.ToString(), role.Identifier, role.Priority)), Id<PersonToken>.New(now), since, since + options.PersonTokenLife)
        {
            How = session.How,
            SignedInAt = session.CreatedAt,
        };
    }
}
