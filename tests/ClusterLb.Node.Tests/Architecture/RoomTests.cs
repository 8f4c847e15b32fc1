using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>Directions between the folders of one project.</summary>
public class RoomTests
{
    private const string Configuration = "ClusterLb.Node.Configuration";
    private const string Hocon = $"{Configuration}.Hocon";

    private static readonly ArchUnitNET.Domain.Architecture s_product = new ArchLoader()
        .LoadAssemblies(Assemblies.Core, Assemblies.ControlPlane, Assemblies.Node).Build();

    [Fact]
    public void What_an_operator_wrote_knows_nothing_of_what_is_made_of_it() =>
        Types().That().ResideInNamespace("ClusterLb.Core.Configuration")
            .Should().NotDependOnAny(Types().That().ResideInAssembly(Assemblies.Core).And()
                .DoNotResideInNamespace("ClusterLb.Core.Configuration"))
            .Because("configuration records are what everything else is built from").Check(s_product);

    [Fact]
    public void Only_the_configuration_reader_knows_HOCON() =>
        Types().That().ResideInAssembly(Assemblies.Node).And().DoNotResideInNamespace(Configuration).And().DoNotResideInNamespace(Hocon)
            .Should().NotDependOnAny(Types().That().ResideInNamespace(Hocon).Or().HaveFullName($"{Configuration}.ConfigurationSection"))
            .Because("everybody else reads the typed records").Check(s_product);

    [Fact]
    public void HOCON_knows_nothing_of_what_is_configured_in_it() =>
        Types().That().ResideInNamespace(Hocon)
            .Should().NotDependOnAny(Types().That().ResideInAssembly(Assemblies.Core).Or().ResideInNamespace(Configuration))
            .Because("it is a language, which others speak, too").Check(s_product);

    [Fact]
    public void Nobody_in_the_control_plane_knows_who_puts_it_together() =>
        Types().That().ResideInAssembly(Assemblies.ControlPlane).And().DoNotResideInNamespace("ClusterLb.ControlPlane.Hosting")
            .Should().NotDependOnAny(Types().That().ResideInNamespace("ClusterLb.ControlPlane.Hosting"))
            .Because("what everybody can reach becomes a blackboard; Hosting gives each what it needs").Check(s_product);
}
