using ClusterLb.Core.Configuration;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Secrets;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Configuration;

namespace ClusterLb.Node.Tests.Deploy;

/// <summary>deploy/kubernetes agrees with itself and with the program. No Kubernetes is asked.</summary>
public sealed class KubernetesTests
{
    private const string Pod = "spec.template.spec";
    private const string Container = $"{Pod}.containers.0";
    private const string Secrets = "/run/secrets/clusterlb";

    private static readonly string[] s_nodes = ["clusterlb-0", "clusterlb-1", "clusterlb-2"];

    private static Manifest Set => Manifest.Of("StatefulSet", "clusterlb");

    [Fact]
    public void Every_object_is_there_once_and_of_a_version_that_serves_it()
    {
        Dictionary<string, string> versions = new()
        {
            ["ConfigMap"] = "v1",
            ["NetworkPolicy"] = "networking.k8s.io/v1",
            ["PodDisruptionBudget"] = "policy/v1",
            ["Service"] = "v1",
            ["ServiceAccount"] = "v1",
            ["StatefulSet"] = "apps/v1",
        };

        Assert.Equal(versions.Keys.Order(), Manifest.All.Select(one => one.Kind).Distinct().Order());
        Assert.All(Manifest.All, one => Assert.Equal(versions[one.Kind], one.Text("apiVersion")));
        Assert.Equal(Manifest.All.Count, Manifest.All.DistinctBy(one => (one.Kind, one.Name)).Count());
    }

    [Fact]
    public void Everything_that_selects_pods_selects_those_of_the_set()
    {
        var labels = Set.Map("spec.template.metadata.labels");
        (string Kind, string Name, string Path)[] selectors =
        [
            ("StatefulSet", "clusterlb", "spec.selector.matchLabels"), ("Service", "clusterlb", "spec.selector"),
            ("Service", "clusterlb-nodes", "spec.selector"), ("PodDisruptionBudget", "clusterlb", "spec.selector.matchLabels"),
            ("NetworkPolicy", "clusterlb", "spec.podSelector.matchLabels"),
            ("NetworkPolicy", "clusterlb", "spec.ingress.1.from.0.podSelector.matchLabels"),
            ("StatefulSet", "clusterlb", $"{Pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0"
                + ".podAffinityTerm.labelSelector.matchLabels"),
        ];

        Assert.All(selectors, one => Assert.Equal(labels, Manifest.Of(one.Kind, one.Name).Map(one.Path)));
    }

    [Fact]
    public void Every_port_that_is_named_is_one_of_the_container_and_has_the_number_that_the_configuration_gives_it()
    {
        var ports = Set.Items($"{Container}.ports").ToDictionary(port => port.Text("name"), port => port.Number("containerPort"));
        var config = Read("clusterlb-0");
        var named = Manifest.All.Where(one => one.Kind == "Service").SelectMany(one => one.Items("spec.ports"))
            .Select(port => port.Text("targetPort"))
            .Concat(Manifest.Of("NetworkPolicy", "clusterlb").Items("spec.ingress").SelectMany(rule => rule.Items("ports"))
                .Select(port => port.Text("port")));

        Assert.Equal(new Dictionary<string, int>
        {
            ["http"] = config.Listeners[0].Bind.Port,
            ["cluster"] = config.Node.ClusterPort,
            ["admin"] = config.Node.Admin.Bind.Port,
            ["health"] = config.Node.HealthBind!.Port,
        }, ports);
        Assert.Equal(ports.Keys.Order(), named.Distinct().Order());
    }

    [Theory]
    [InlineData("startupProbe", "/livez")]
    [InlineData("livenessProbe", "/livez")]
    [InlineData("readinessProbe", "/readyz")]
    public void Probes_ask_the_health_port_which_needs_no_token(string probe, string path)
    {
        Assert.Equal((path, "health"), (Set.Text($"{Container}.{probe}.httpGet.path"), Set.Text($"{Container}.{probe}.httpGet.port")));
    }

    [Fact]
    public void Seeds_are_the_pods_by_the_names_that_the_headless_service_gives_them_also_before_they_are_ready()
    {
        var service = Manifest.Of("Service", Set.Text("spec.serviceName"));

        Assert.Equal(("None", "true"), (service.Text("spec.clusterIP"), service.Text("spec.publishNotReadyAddresses")));
        Assert.Equal(s_nodes.Length, Set.Number("spec.replicas"));
        Assert.Equal(s_nodes.Select(node => $"{node}.{service.Name}"), Read("clusterlb-0").Cluster.Seeds.Select(seed => seed.Host));
        Assert.All(s_nodes, node => Assert.Equal((node, $"{node}.{service.Name}"), (Read(node).Node.Name, Read(node).Node.Host)));
        Assert.Equal("Parallel", Set.Text("spec.podManagementPolicy"));
    }

    [Fact]
    public void It_may_nothing()
    {
        Assert.Equal("1654 1654 1654 true", string.Join(' ', new[] { "runAsUser", "runAsGroup", "fsGroup", "runAsNonRoot" }
            .Select(key => Set.Text($"{Pod}.securityContext.{key}"))));
        Assert.Contains("USER 1654:1654", File.ReadAllText(Path.Combine(Repository.Root, "deploy/Dockerfile")), StringComparison.Ordinal);
        Assert.Equal("RuntimeDefault", Set.Text($"{Pod}.securityContext.seccompProfile.type"));
        Assert.Equal("false", Set.Text($"{Pod}.automountServiceAccountToken"));
        Assert.Equal(("false", "true", "ALL"), (Set.Text($"{Container}.securityContext.allowPrivilegeEscalation"),
            Set.Text($"{Container}.securityContext.readOnlyRootFilesystem"), Set.Text($"{Container}.securityContext.capabilities.drop.0")));
        Assert.All(Set.Items($"{Container}.volumeMounts"), mount => Assert.Equal("true", mount.Text("readOnly")));
    }

    [Fact]
    public void Volumes_are_there_and_files_in_them_can_change_while_it_runs()
    {
        var mounts = Set.Items($"{Container}.volumeMounts");
        var volumes = Set.Items($"{Pod}.volumes");

        Assert.Equal(volumes.Select(volume => volume.Text("name")).Order(), mounts.Select(mount => mount.Text("name")).Order());
        Assert.All(mounts, mount => Assert.False(mount.Has("subPath")));
        Assert.Equal("clusterlb", volumes[0].Text("configMap.name"));
        Assert.Equal("clusterlb-secrets", volumes[1].Text("secret.secretName"));
        Assert.Equal(Secrets, mounts[1].Text("mountPath"));
        Assert.StartsWith(Secrets, Set.Text($"{Container}.env.0.value"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_runs_is_ours_and_reads_the_file_that_is_mounted()
    {
        var arguments = ((YamlDotNet.RepresentationModel.YamlSequenceNode)Set.Find($"{Container}.args")).Select(word => word.ToString())
            .ToArray();

        Assert.Empty(CommandLine.Root().Parse(arguments).Errors);
        Assert.Equal($"{Set.Items($"{Container}.volumeMounts")[0].Text("mountPath")}/clusterlb.conf", arguments[^1]);
    }

    [Fact]
    public void A_pod_has_time_to_drain_before_it_is_killed_and_one_at_a_time_goes()
    {
        var config = Read("clusterlb-0").Node;
        var wait = Set.Number($"{Container}.lifecycle.preStop.sleep.seconds");
        var probed = Set.Number($"{Container}.readinessProbe.periodSeconds") * Set.Number($"{Container}.readinessProbe.failureThreshold");

        Assert.InRange(wait + config.DrainDelay.TotalSeconds + config.DrainTimeout.TotalSeconds, 1,
            Set.Number($"{Pod}.terminationGracePeriodSeconds") - 10);
        Assert.InRange(probed, 1, config.DrainDelay.TotalSeconds);
        Assert.Equal(1, Manifest.Of("PodDisruptionBudget", "clusterlb").Number("spec.maxUnavailable"));
    }

    [Theory]
    [InlineData("clusterlb-0")]
    [InlineData("clusterlb-2")]
    public void The_configuration_in_it_is_legal_and_warned_of_nothing(string node)
    {
        Assert.Empty(Check(node, out var result));
        Conf.Legal(result);
    }

    private static ClusterLbConfig Read(string node)
    {
        Check(node, out var result);
        return Conf.Legal(result);
    }

    private static IReadOnlyList<string> Check(string node, out ConfigurationResult result)
    {
        using var secrets = new ConfFolder();
        var folder = Path.GetDirectoryName(secrets.PathOf("x"))!;
        ClusterSecretFiles.Make(
            new SecretFolder(folder), new SecretFolder(Path.Combine(folder, "authority")), s_nodes, TimeProvider.System.GetUtcNow());
        using var file = new ConfFile(ConfigText().Replace(Secrets, folder, StringComparison.Ordinal));
        result = ConfigurationReader.Read(new ConfigurationSources(
            [file.Path], [], new Dictionary<string, string> { ["HOSTNAME"] = node }));
        return [.. ConfigurationWarnings.Of(result).Select(warning => warning.ToString())];
    }

    private static string ConfigText() => Manifest.Of("ConfigMap", "clusterlb").Map("data")["clusterlb.conf"];
}
