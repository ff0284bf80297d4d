using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.Passwords;
using Credence.People;
using Credence.Telemetry;
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
        .AddSingleton<EnrolPerson>()
        .AddSingleton<RegisterPerson>()
        .AddSingleton<LogIn>()
        .AddSingleton<DenyForwardToken>()
        .AddSingleton<AdoptUsers>()
        .AddSingleton<SessionClaims>()
        .AddSingleton<BeginSession>()
        .AddSingleton<AfterFirstFactor>()
        .AddSingleton<TryFactor>()
        .AddSingleton<FinishSignIn>()
        .AddSingleton<OwnPassword>()
        .AddSingleton<ProveAgain>()
        .AddSingleton<EnrolTotp>()
        .AddSingleton<RemoveFactor>()
        .AddSingleton<RenewRecoveryCodes>()
        .AddSingleton<AskForPasskey>()
        .AddSingleton<FindBrowserSession>()
        .AddSingleton<SignUpPerson>()
        .AddSingleton<SignInWithPassword>()
        .AddSingleton<SignInWithPasskey>()
        .AddSingleton<AccountPasskeys>()
        .AddSingleton<RefreshSession>()
        .AddSingleton<SignOut>()
        .AddSingleton<RetirePeopleKey>()
        .AddSingleton<ChangePassword>()
        .AddSingleton<PersonNotices>()
        .AddSingleton<SendCode>()
        .AddSingleton<WelcomePerson>()
        .AddSingleton<VerifyIdentifier>()
        .AddSingleton<SignInWithCode>()
        .AddSingleton<RecoverPassword>()
        .AddSingleton<LinkIdentifier>()
        .AddSingleton<RemoveIdentifier>()
        .AddSingleton<AddressCode>()
        .AddSingleton(provider => new AddressMessage(AskedCode.Kind, provider.GetRequiredService<AddressCode>().RunAsync))
        .AddSingleton(provider => Refund(provider.GetRequiredService<ReleaseCodes>()));

    /// <summary>A code that could not be delivered does not count for the day (contract identity B.6).</summary>
    private static WhenGivenUp Refund(ReleaseCodes release) => new(
        AskedCode.Kind, (origin, ct) => CodeNamespaces.Find(origin.Namespace) is { } ns ? release.RefundAsync(ns, origin.Subject, ct) : Task.CompletedTask);
}
