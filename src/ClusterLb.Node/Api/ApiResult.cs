namespace ClusterLb.Node.Api;

/// <summary>What a route answers: a value of the type that its document names, or a problem.</summary>
/// <param name="Value">Null when there is a problem.</param>
/// <param name="Problem">Null when there is none.</param>
internal readonly record struct ApiResult<T>(T? Value, Problem? Problem) where T : class
{
    public static implicit operator ApiResult<T>(T value) => new(value, null);

    public static implicit operator ApiResult<T>(Problem problem) => new(null, problem);
}

/// <summary>For values that the language does not convert by itself, such as lists.</summary>
internal static class ApiResult
{
    public static ApiResult<T> Of<T>(T value) where T : class => new(value, null);
}
