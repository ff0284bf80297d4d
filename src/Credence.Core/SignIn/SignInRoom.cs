using Credence.Passwords;
using Credence.People;
using Credence.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.SignIn;

/// <summary>The registrations of Passwords, People and SignIn.</summary>
public static class SignInRoom
{
    /// <summary>Adds how people come in.</summary>
    public static IServiceCollection AddPeople(this IServiceCollection services) => services
        .AddSingleton<HashGate>()
        .AddSingleton<PasswordHashes>()
        .AddSingleton<PersonIds>()
        .AddSingleton<VerifiedTokens<PersonClaims>>()
        .AddSingleton<CheckPersonToken>()
        .AddSingleton<FailedAttempts>()
        .AddSingleton<GrowingDelays>()
        .AddSingleton<ProvePassword>()
        .AddSingleton<VerifiedTokens<ForwardClaims>>()
        .AddSingleton<CheckForwardToken>()
        .AddSingleton<IssueForwardToken>()
        .AddSingleton<RegisterPerson>()
        .AddSingleton<LogIn>()
        .AddSingleton<AdoptUsers>()
        .AddSingleton<BeginSession>()
        .AddSingleton<SignUpPerson>()
        .AddSingleton<SignInWithPassword>()
        .AddSingleton<RefreshSession>()
        .AddSingleton<SignOut>()
        .AddSingleton<ChangePassword>();
}
