namespace Credence.Roles;

/// <summary>May somebody do something? The request of the model: <c>sub, dom, obj, act</c> (contract identity B.1).</summary>
/// <param name="Subject">Who: <c>User_7</c>.</param>
/// <param name="Domain">Where: <c>Merchant_3</c>, or <c>*</c> for what belongs to no domain.</param>
/// <param name="Object">What it is done to: <c>User</c>.</param>
/// <param name="Action">What is done: <c>read</c>.</param>
public readonly record struct AccessQuestion(string Subject, string Domain, string Object, string Action);
