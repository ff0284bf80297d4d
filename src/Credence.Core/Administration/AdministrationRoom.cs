using Credence.Roles;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Administration;

/// <summary>The registrations of Roles and Administration.</summary>
internal static class AdministrationRoom
{
    /// <summary>Adds how people and their rights are administered; <see cref="RoleOptions"/> come from the host.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<CheckAccess>()
        .AddSingleton<CreateRole>()
        .AddSingleton<ChangeRole>()
        .AddSingleton<DeleteRole>()
        .AddSingleton<AddPolicyDefinition>()
        .AddSingleton<RemovePolicyDefinition>()
        .AddSingleton<CreatePerson>()
        .AddSingleton<RevisePerson>()
        .AddSingleton<DeletePerson>()
        .AddSingleton<EndPersonSessions>()
        .AddSingleton<ResetFactors>()
        .AddSingleton<UnlockPerson>()
        .AddSingleton<GrantRole>();
}
